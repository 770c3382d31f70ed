"""`sautikit doctor`: checks what usually goes wrong, from the key to a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from sautikit import __version__
from sautikit.cli import following, webhooks
from sautikit.cli.exits import DONE, FAILED
from sautikit.cli.line import Group, Line
from sautikit.cli.words import money, plain
from sautikit.client import Sautikit
from sautikit.errors import SautikitError, SignatureError
from sautikit.listening import Listener, Relayed
from sautikit.webhooks import TOLERANCE_SECONDS, verify_webhook

OK, WARN, FAIL, SKIP = "ok", "warn", "fail", "skip"
ANSWERS = "+254711000001"
SKEW_SECONDS = 30
SAMPLE = "call.completed"
SAMPLE_SECONDS = 20.0
CALL_SECONDS = 60.0


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    state: str
    said: str


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "doctor",
        "check key, clock, callbacks, signatures and a test call",
        run,
        examples=("sautikit doctor --url https://example.com/hooks",),
    )
    command.add_argument(
        "--url", metavar="URL", help="have a signed test event posted to this address of yours"
    )
    command.add_argument("--no-call", action="store_true", help="place no test call")


def run(line: Line) -> int:
    """Run every check and print each as it ends; FAILED when one of them did."""
    is_well = True
    for it in examine(line):
        is_well = is_well and it.state != FAIL
        line.out.say(
            f"{it.state:<4}  {it.check:<10} {it.said}",
            check=it.check, state=it.state, said=it.said,
        )  # fmt: skip
    return DONE if is_well else FAILED


def examine(line: Line) -> Iterator[Finding]:
    """Give finding after finding; without a good key there is nothing more to look at."""
    client = line.client
    began = time.time()
    # The one reply whose headers are looked at.
    reply = client._send("GET", "/v1/auth/session")
    took = time.time() - began
    told = reply.data
    yield key(client, told, took)
    yield clock_of(reply.headers.get("date", ""), began + took / 2)
    yield wallet(client, told)
    yield callbacks(client, told, line.options.url)
    yield signature(client, told)
    yield call(client, told, wanted=not line.options.no_call)


# A session of the API.
def key(client: Sautikit, told: dict[str, Any], took: float) -> Finding:
    name = next(
        (it["name"] for it in told["workspaces"] if it["id"] == told["workspace_id"]), "nothing"
    )
    said = f"{told['mode']} key of {plain(name)} at {client.base_url}, {len(told['scopes'])} scopes"
    return Finding("key", OK, f"{said}, {took * 1000:.0f} ms, sautikit {__version__}")


def clock_of(date: str, here: float) -> Finding:
    """Compare this computer's clock with the server's: signatures are only good for minutes."""
    try:
        skew = here - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return Finding("clock", SKIP, "the server told no time")
    side = "ahead" if skew > 0 else "behind"
    said = f"{abs(skew):.0f} s {side} of the server"
    if abs(skew) >= TOLERANCE_SECONDS:
        return Finding("clock", FAIL, f"{said}: every signature will be refused, set the clock")
    return Finding("clock", WARN if abs(skew) > SKEW_SECONDS else OK, said)


# A session of the API.
def wallet(client: Sautikit, told: dict[str, Any]) -> Finding:
    if "wallet.read" not in told["scopes"]:
        return Finding("wallet", SKIP, "the key may not read it")
    now = client.wallet.balance()
    said = f"{money(now['available_minor'], now['currency'])} available"
    if now["available_minor"] <= 0:
        return Finding("wallet", WARN, f"{said}: calls will be refused, see `sautikit topup`")
    return Finding("wallet", OK, said)


# A session of the API.
def callbacks(client: Sautikit, told: dict[str, Any], url: str | None) -> Finding:
    """Have the platform post to the address, or say what it knows of the endpoints there are."""
    if url:
        if "webhooks.manage" not in told["scopes"]:
            return Finding("callbacks", SKIP, "the key lacks webhooks.manage")
        return reach(client, url)
    if "webhooks.read" not in told["scopes"]:
        return Finding("callbacks", SKIP, "the key lacks webhooks.read; give --url to test one")
    rows = client.webhooks.list(limit=100).page()["data"]
    bad = [it for it in rows if it["failing_since"] or it["status"] == "disabled"]
    if bad:
        said = "; ".join(f"{plain(it['url'])} is {it['status']} and takes nothing" for it in bad)
        return Finding("callbacks", FAIL, said)
    if not rows:
        return Finding("callbacks", SKIP, "there is no endpoint; give --url to test an address")
    return Finding("callbacks", OK, f"{len(rows)} endpoints take what they are sent")


def reach(client: Sautikit, url: str) -> Finding:
    """Post a test event to an address through an endpoint that lives as long as the check."""
    try:
        made = client.webhooks.create(url=url, events=["call.completed"], description="doctor")
    except SautikitError as problem:
        return Finding("callbacks", FAIL, plain(problem.message))
    try:
        sent = client.webhooks.test(made["id"])
        tried = webhooks.attempt(client, made["id"], sent["event_id"])
    finally:
        client.webhooks.delete(made["id"])
    if tried is None:
        return Finding("callbacks", FAIL, "the platform did not try within 20 s")
    is_taken = webhooks.is_taken(tried)
    said = f"{plain(url)}: {webhooks.sentence(tried)}"
    return Finding("callbacks", OK if is_taken else FAIL, said)


# A session of the API.
def signature(client: Sautikit, told: dict[str, Any]) -> Finding:
    """Have a signed sample come down to this computer, and check it as a server would."""
    if told["mode"] != "test" or "events.read" not in told["scopes"]:
        return Finding("signature", SKIP, "samples need a test key with events.read")
    verdict = judged_sample(client)
    if isinstance(verdict, SignatureError):
        return Finding("signature", FAIL, plain(verdict))
    if verdict is None:
        return Finding("signature", FAIL, "no sample came within 20 s")
    return Finding("signature", OK, f"a signed {SAMPLE} came here and was verified")


def judged_sample(client: Sautikit) -> bool | SignatureError | None:
    """Relay a sample to a server of our own and verify it there; None when nothing came."""
    verdicts: list[bool | SignatureError] = []

    class Judge(BaseHTTPRequestHandler):
        """Verifies what it gets."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                verify_webhook(
                    body, self.headers.get("X-Sautikit-Signature", ""), listener.opened["secret"]
                )
                verdicts.append(True)
            except SignatureError as problem:
                verdicts.append(problem)
            self.send_response(204)
            self.end_headers()

        # Nothing of this is for the person at the terminal.
        def log_message(self, format: str, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Judge)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(opened: dict[str, Any]) -> None:
        client.listeners.resend(opened["id"], event=SAMPLE)

    def relayed(_it: Relayed) -> None:
        listener.close()

    listener = Listener(
        client,
        forward=f"http://127.0.0.1:{server.server_address[1]}/",
        events=[],
        on_open=lambda opened: threading.Thread(target=ask, args=(opened,)).start(),
        on_relayed=relayed,
    )
    late = threading.Timer(SAMPLE_SECONDS, listener.close)
    late.daemon = True
    late.start()
    try:
        listener.run()
    finally:
        late.cancel()
        server.shutdown()
        server.server_close()
    return verdicts[0] if verdicts else None


# A session of the API.
def call(client: Sautikit, told: dict[str, Any], *, wanted: bool) -> Finding:
    """Place a call to a test number that answers, and wait for its end."""
    if told["mode"] != "test" or not wanted or "calls.write" not in told["scopes"]:
        return Finding("call", SKIP, "a test call needs a test key with calls.write")
    held = [it["e164"] for it in client.numbers.list()["numbers"] if it["status"] == "active"]
    if not held:
        return Finding("call", SKIP, "you hold no number; `sautikit quickstart` claims one")
    try:
        placed = client.calls.create(from_=held[0], to=ANSWERS)
    except SautikitError as problem:
        return Finding("call", FAIL, plain(f"{problem.message} ({problem.code})"))
    end, answered = time.monotonic() + CALL_SECONDS, False
    found = client.calls.get(placed["call_id"])
    while time.monotonic() < end and found["status"] not in following.ENDED:
        if found["answered_at"] and not answered:
            answered = True
            client.calls.hangup(placed["call_id"])
        time.sleep(0.5)
        found = client.calls.get(placed["call_id"])
    cost = money(found["cost_minor"], found["cost_currency"])
    said = f"{held[0]} called {ANSWERS}: {found['status']}, {cost}"
    return Finding("call", OK if found["status"] == "completed" else FAIL, said)
