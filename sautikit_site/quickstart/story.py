"""The story: sign up, top up, claim, make a key, call, answer, press 1, and add everything up."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel import clock, signing
from kernel.money import Money, call_cost
from sautikit_site.quickstart.client import Client, Failed, wait_for
from sautikit_site.quickstart.handler import CustomerServer, Post

TOP_UP_MINOR = 100_000
EXPECTED = (
    "wallet.top_up",
    "number.provisioned",
    "call.started",
    "call.answered",
    "call.completed",
)
WALKTHROUGH_NUMBERS = ("+254200000000", "+254200000001")
TALK_SECONDS_MIN = 2.5

Say = Callable[[str], object]


def run(*, say: Say, record: Path | None) -> float:
    """Play the whole story and return the seconds it took; raises Failed at the first wrong thing."""
    started = time.monotonic()
    with CustomerServer() as server:
        story = Story(Client(find_instance()), server, say)
        story.wait_until_ready()
        story.sign_up()
        story.onboard()
        story.listen()
        story.top_up()
        story.claim()
        story.make_key()
        story.call()
        story.answer_and_press_one()
        story.check_the_bill()
        story.check_the_webhooks()
        story.give_the_number_back()
        if record is not None:
            story.keep(record)
    return time.monotonic() - started


def find_instance() -> str:
    """Return the address of the running platform: SAUTIKIT_URL, else this checkout's `up`."""
    if settings.SAUTIKIT_URL:
        return str(settings.SAUTIKIT_URL).rstrip("/")
    told = settings.UP_FILE
    try:
        return str(json.loads(told.read_text())["url"])
    except (OSError, ValueError, KeyError):
        raise Failed("nothing is running here: start `python3 manage.py up` first") from None


class Story:
    """One newcomer with a fresh address and a fresh phone."""

    def __init__(self, client: Client, server: CustomerServer, say: Say) -> None:
        self.api, self.server, self._say = client, server, say
        mark = secrets.token_hex(4)
        self.email = f"alice-{mark}@example.com"
        self.phone = f"+2547{secrets.randbelow(10**8):08d}"
        self.secrets: dict[str, str] = {}
        self._step = 0

    def _tell(self, what: str) -> None:
        self._step += 1
        self._say(f"{self._step:2d}. {what}")

    def wait_until_ready(self) -> None:
        def look() -> bool | None:
            try:
                return bool(self.api.call("GET", "/readyz"))
            except Exception:
                return None

        wait_for("the platform to be ready", look, seconds=30)
        self._tell(f"{self.api.url} is ready")

    def sign_up(self) -> None:
        self.api.call("POST", "/v1/auth/magic-link", {"email": self.email})
        mail = wait_for("the sign-in mail", self._mail)
        link = re.search(r"/auth/link/([A-Za-z0-9_-]+)", mail["text"])
        if link is None:
            raise Failed("the sign-in mail has no link")
        self.api.call("POST", "/v1/auth/magic-link/verify", {"token": link.group(1)})
        self._tell(f"signed in as {self.email} with the link from “{mail['subject']}”")

    # A message of the sandbox's mailbox.
    def _mail(self) -> dict[str, Any] | None:
        found = self.api.call("GET", f"/sandbox/api/mail?to={self.email}")["messages"]
        if not found:
            return None
        message: dict[str, Any] = self.api.call("GET", f"/sandbox/api/mail/{found[0]['id']}")
        return message

    def onboard(self) -> None:
        wish = {
            "name": "Alice Kamau",
            "workspace_name": "Acme Fintech",
            "country": "KE",
            "currency": "KES",
        }
        made = self.api.call("POST", "/v1/auth/onboarding", wish)
        self.secrets["workspace"] = made["signing_secret"]
        self._tell(f"workspace {made['workspace_id']}, balance {self._balance()}")

    def _balance(self) -> Money:
        balance = self.api.call("GET", "/v1/wallet/balance")
        return Money(balance["balance_minor"], balance["currency"])

    def top_up(self) -> None:
        wish = {
            "provider": "mpesa",
            "amount_minor": TOP_UP_MINOR,
            "currency": "KES",
            "phone_e164": self.phone,
        }
        topup = self.api.call("POST", "/v1/topups", wish)
        prompt = wait_for("the M-Pesa prompt", lambda: self.phone_state()["mpesa"]["prompt"])
        self._tell(
            f"the phone shows: pay KES {prompt['amount']} to {prompt['business']}, account {prompt['reference']}"
        )
        self.press("stk", {"id": prompt["id"], "action": "pin", "pin": "1234"})
        done = wait_for("the top-up", lambda: self._settled(topup["topup_id"]))
        if done["status"] != "confirmed":
            raise Failed(f"the top-up ended {done['status']}: {done.get('failure_reason')}")
        if self._balance() != Money(TOP_UP_MINOR, "KES"):
            raise Failed(f"KES 1,000.00 was paid and the balance is {self._balance()}")
        self._tell(f"receipt {done['provider_reference']}, balance {self._balance()}")

    # A top-up as the API shows it.
    def _settled(self, topup_id: str) -> dict[str, Any] | None:
        topup: dict[str, Any] = self.api.call("GET", f"/v1/topups/{topup_id}")
        return None if topup["status"] == "pending" else topup

    # The state of a simulated phone.
    def phone_state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.api.call("GET", f"/sandbox/api/phones/{self.phone}")
        return state

    def press(self, what: str, body: dict[str, str]) -> None:
        self.api.call("POST", f"/sandbox/api/phones/{self.phone}/{what}", body)

    def claim(self, e164: str = "") -> None:
        """Claim a number, a given one if said, and point it at our handler."""
        offered = self.api.call("GET", "/v1/numbers/available?limit=100")["available"]
        if not offered:
            raise Failed("no number is available")
        wish = {
            "e164": e164 or pick(offered),
            "voice_callback_url": f"{self.server.url}/voice",
            "events_url": f"{self.server.url}/events",
        }
        number = self.api.call("POST", "/v1/numbers/claim", wish)
        self.number, self.number_id = number["e164"], number["id"]
        paid = number["charge"]["net_minor"] + number["charge"]["vat_minor"]
        self.rental_minor = paid
        self._tell(
            f"claimed {self.number} for the rest of {clock.nairobi_today():%B}: {Money(paid, 'KES')} with VAT"
        )

    def make_key(self) -> None:
        made = self.api.call("POST", "/v1/api-keys", {"name": "quickstart"})
        self.api.key = made["secret"]
        self._tell(f"API key {made['secret'][:13]}… made")

    def listen(self) -> None:
        wish = {"url": f"{self.server.url}/webhooks/sautikit", "events": ["*"]}
        self.secrets["endpoint"] = self.api.call("POST", "/v1/webhooks", wish)["secret"]
        self._tell(f"webhook endpoint {wish['url']}")

    def call(self) -> None:
        wish = {"from": self.number, "to": [self.phone]}
        self.placed = self.api.call("POST", "/v1/calls", wish)
        self._tell(f"POST /v1/calls → {self.placed['status']} {self.placed['pbx_session_id']}")

    def answer_and_press_one(self) -> None:
        wait_for("the phone to ring", lambda: self.in_call("ringing"))
        self._tell(f"{self.phone} rings, caller {self.number}; answering")
        self.press("call", {"action": "answer"})
        wait_for("the call to be up", lambda: self.in_call("up"))
        time.sleep(TALK_SECONDS_MIN)
        self.press("call", {"action": "digits", "digits": "1"})
        choice = wait_for("the digit", self._choice)
        if choice.form.get("Digits") != "1":
            raise Failed(f"pressed 1, the handler got {choice.form.get('Digits')!r}")
        self._tell(
            "pressed 1; /voice/handle-choice got Digits=1 and said “Connecting you to sales.”"
        )
        self.final = wait_for("the end of the call", self._ended, seconds=25)

    # The call a handset is in.
    def in_call(self, state: str) -> dict[str, Any] | None:
        call: dict[str, Any] | None = self.phone_state()["call"]
        return call if call and call["state"] == state else None

    def _choice(self) -> Post | None:
        return next(iter(self.server.received("/voice/handle-choice")), None)

    # The call as the API shows it.
    def _ended(self) -> dict[str, Any] | None:
        call: dict[str, Any] = self.api.call("GET", f"/v1/calls/{self.placed['call_id']}")["call"]
        return call if call["ended_at"] else None

    def check_the_bill(self) -> None:
        call = self.final
        expected = call_cost(call["duration_seconds"], call["rate_per_minute_minor"])
        if call["status"] != "completed" or call["cost_minor"] != expected or not expected:
            raise Failed(
                f"the call ended {call['status']} and cost {call['cost_minor']}, not {expected}"
            )
        self._tell(f"{call['duration_seconds']} s at KES 3.00 a minute: {Money(expected, 'KES')}")
        balance = self.api.call("GET", "/v1/wallet/balance")
        rows = self.api.call("GET", "/v1/wallet/statements?limit=100")["data"]
        signs = {"credit": 1, "debit": -1}
        total = sum(signs[row["direction"]] * row["amount_minor"] for row in rows)
        right = TOP_UP_MINOR - self.rental_minor - expected
        if not (balance["balance_minor"] == total == right and balance["held_minor"] == 0):
            raise Failed(
                f"the ledger does not add up: {balance}, rows sum to {total}, expected {right}"
            )
        self._tell(f"the statement's {len(rows)} rows add up to the balance: {Money(total, 'KES')}")

    def check_the_webhooks(self) -> None:
        wait_for("the webhooks", self._all_arrived, seconds=10)
        for name, post in self.server.webhooks().items():
            check_signature(post, self.secrets["endpoint"], name)
        for post in self.server.received("/events"):
            check_signature(post, self.secrets["workspace"], "events_url")
        names = ", ".join(self.server.webhooks())
        self._tell(f"webhooks, each signed: {names}")

    def _all_arrived(self) -> bool | None:
        return set(EXPECTED) <= set(self.server.webhooks()) or None

    def give_the_number_back(self) -> None:
        """Release the number, so that the story can be played again and again."""
        before = self._balance()
        released = self.api.call("DELETE", f"/v1/numbers/{self.number_id}")
        refund = Money(released["refund"]["net_minor"] + released["refund"]["vat_minor"], "KES")
        if self._balance() != before + refund:
            raise Failed(f"{refund} came back to {before} and the balance is {self._balance()}")
        self._tell(f"released {self.number}: {refund} for the days left, balance {self._balance()}")

    def keep(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        calls = self.api.call("GET", f"/sandbox/api/phones/{self.phone}")
        call_id = calls.get("last_call") or self.placed["pbx_session_id"]
        audio = self.api.download(f"/sandbox/api/phones/{self.phone}/calls/{call_id}.wav")
        (folder / "handset.wav").write_bytes(audio)
        for index, post in enumerate(self.server.posts):
            name = re.sub(r"\W+", "-", post.path.split("?")[0]).strip("-")
            (folder / f"{index:02d}-{name}.body").write_bytes(post.body)
        self._tell(f"audio of both sides and {len(self.server.posts)} bodies are in {folder}")


# Rows of the inventory as the API shows them.
def pick(offered: list[dict[str, Any]]) -> str:
    """Choose a number; the two of the walkthrough are left for whoever follows it by hand."""
    free = [row["e164"] for row in offered if row["e164"] not in WALKTHROUGH_NUMBERS]
    return str(secrets.choice(free or [row["e164"] for row in offered]))


def check_signature(post: Post, secret: str, name: str) -> None:
    """Verify a delivery as a customer would; raises Failed."""
    header = post.headers.get("x-sautikit-signature", "")
    moment = re.match(r"t=(\d+),", header)
    if moment is None or signing.signature_header([secret], post.body, int(moment[1])) != header:
        raise Failed(f"the signature of {name} is wrong: {header!r}")
