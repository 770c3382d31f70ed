"""The life of a push: prompt, PIN, result and callback."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable, Coroutine
from datetime import datetime

import aiohttp

from sandbox.daraja.accounts import PIN, Accounts
from sandbox.daraja.checks import EAT, PushRequest
from sandbox.daraja.office import Office, Order
from sandbox.daraja.paybill import FOREIGN_ADDRESS, Paybill, Payment
from sandbox.daraja.replies import Outcome, RefusalError, callback_body
from sandbox.daraja.traps import SHOWN_ALL_THE_SAME, Traps

BUSINESS_NAME = "SAUTIKIT"
AUTO_SECONDS = 0.3
PROCESSING_SECONDS = 0.5
CALLBACK_TIMEOUT = aiohttp.ClientTimeout(total=10)
SAME_AMOUNT_SECONDS = 120
REORDER_SECONDS_MAX = 20.0

# How a push is refused, or seems to be: HTTP status, code, words.
PUSH_ERRORS = {
    "busy": (500, "500.003.02", "System is busy. Please try again in few minutes."),
    "spike": (429, "500.003.02", "Error Occurred: Spike Arrest Violation"),
    "quota": (500, "500.003.03", "Error Occurred: Quota Violation"),
    "locked": (500, "500.001.1001", "Unable to lock subscriber, a transaction is in process"),
    "no_answer": (500, "500.001.1001", ""),
    "internal": (500, "500.003.1001", "Internal Server Error"),
    "html": (502, "", "<html><body>Bad Gateway</body></html>"),
}


class Pushes:
    """Keep every push and bring each to its one result.

    States: `open` while the prompt is on the phone, `hidden` once its owner ignored it, `working`
    between the answer and the result, `done`.
    """

    def __init__(
        self, store: sqlite3.Connection, changed: Callable[[str], None], *, shortcode: str
    ) -> None:
        self.store = store
        self.accounts = Accounts(store)
        self.changed = changed
        self.traps: dict[str, Traps] = {}
        self.jobs: set[asyncio.Task[None]] = set()
        self.paybill = Paybill(store, shortcode=shortcode, changed=changed, traps_of=self.traps_of)
        self.office = Office(store, shortcode=shortcode, changed=changed, traps_of=self.traps_of)
        # Set whenever a callback has gone out: what waits to be reordered goes then.
        self.went_out = asyncio.Event()

    def traps_of(self, e164: str) -> Traps:
        """Return the traps set on this phone, else those set on all."""
        return self.traps.get(e164) or self.traps.get("*") or Traps()

    def resume(self) -> None:
        """Pick up the prompts that were open when the last sandbox stopped."""
        for row in self.store.execute("SELECT * FROM push WHERE state != 'done'").fetchall():
            self._spawn(self._expire(row["checkout_id"], row["expires_at"] - time.time()))

    async def start(self, asked: PushRequest) -> sqlite3.Row:
        """Record a push and prompt its phone; refuses a phone that has a prompt already."""
        traps = self.traps_of(asked.e164)
        if traps.push_error and traps.push_error not in SHOWN_ALL_THE_SAME:
            raise RefusalError(*PUSH_ERRORS[traps.push_error])
        if self._open_push(asked.e164) is not None:
            raise RefusalError(
                500,
                "500.001.1001",
                "Unable to lock subscriber, a transaction is already in process"
                " for the current subscriber",
            )
        is_limited = traps.same_amount_rule and self._was_asked_just_now(asked)
        row = self._insert(asked, traps)
        checkout_id = row["checkout_id"]
        if not asked.is_permitted or is_limited:
            self._set_state(checkout_id, "working")
            self._spawn(self._conclude(row, Outcome("17" if is_limited else "2028")))
        elif traps.callback_before_reply:
            await self._act(row, traps.auto or "pin")
        else:
            self._spawn(self._expire(checkout_id, traps.prompt_seconds))
            if traps.auto:
                self._spawn(self._act_later(row, traps.auto))
        self.changed(asked.e164)
        if traps.push_error:
            raise RefusalError(*PUSH_ERRORS[traps.push_error])
        return row

    def prompt(self, e164: str) -> dict[str, object] | None:
        """Return what is on the phone's screen."""
        row = self._open_push(e164)
        if row is None or row["state"] != "open":
            return None
        return {
            "id": row["checkout_id"],
            "business": BUSINESS_NAME,
            "amount": row["amount"],
            "reference": row["reference"],
        }

    def find(self, checkout_id: str) -> sqlite3.Row | None:
        """Return one push."""
        found: sqlite3.Row | None = self.store.execute(
            "SELECT * FROM push WHERE checkout_id = ?", (checkout_id,)
        ).fetchone()
        return found

    def answer(self, checkout_id: str, action: str, pin: str = "") -> bool:
        """Let the phone's owner enter a PIN, cancel or ignore; False when no prompt is open."""
        row = self.find(checkout_id)
        if row is None or row["state"] != "open":
            return False
        if action == "ignore":
            self._set_state(checkout_id, "hidden")
            self.changed(row["e164"])
            return True
        told = action if action == "cancel" else ("pin" if pin == PIN else "wrong_pin")
        self._set_state(checkout_id, "working")
        self.changed(row["e164"])
        self._spawn(self._settle(row, told))
        return True

    def carry_out(self, order: Order) -> None:
        """Do what an operator ordered, and tell the result a moment later."""
        self._spawn(self.office.carry_out(order))

    def stop(self) -> None:
        """Drop what is under way; the next start resumes it."""
        for job in self.jobs:
            job.cancel()

    async def _act_later(self, row: sqlite3.Row, told: str) -> None:
        await asyncio.sleep(AUTO_SECONDS)
        await self._act(row, told)

    async def _act(self, row: sqlite3.Row, told: str) -> None:
        current = self.find(row["checkout_id"])
        if current is None or current["state"] != "open":
            return
        self._set_state(row["checkout_id"], "working")
        await self._settle(row, told)

    async def _settle(self, row: sqlite3.Row, told: str) -> None:
        """Turn what the owner did into a result."""
        if told == "cancel":
            return await self._conclude(row, Outcome("1032"))
        await asyncio.sleep(PROCESSING_SECONDS)
        if told == "wrong_pin":
            return await self._conclude(row, Outcome("2001"))
        receipt = self.accounts.pay(row["e164"], row["amount"] * 100)
        if receipt is None:
            self.accounts.tell(
                row["e164"],
                f"Failed. You do not have enough money in your M-PESA account to pay"
                f" Ksh{row['amount']:,}.00.",
            )
            return await self._conclude(row, Outcome("1"))
        now = datetime.now(EAT)
        self.accounts.tell(row["e164"], confirmation(row, receipt, now, self.accounts))
        return await self._conclude(row, Outcome("0", receipt, now.strftime("%Y%m%d%H%M%S")))

    async def _expire(self, checkout_id: str, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
        row = self.find(checkout_id)
        if row is None or row["state"] not in ("open", "hidden"):
            return
        self._set_state(checkout_id, "working")
        await self._conclude(row, Outcome("1037"))

    async def _conclude(self, row: sqlite3.Row, outcome: Outcome) -> None:
        """Write the result, show it to the phone, and call the business back."""
        self.store.execute(
            "UPDATE push SET state = 'done', code = ?, description = ?, receipt = ?"
            " WHERE checkout_id = ?",
            (outcome.code, outcome.description, outcome.receipt, row["checkout_id"]),
        )
        self.changed(row["e164"])
        order = self.traps_of(row["e164"]).c2b_for_push
        paid = self._record_payment(row, outcome) if outcome.code == "0" else None
        confirmed = self.paybill.confirm(paid) if paid and order else asyncio.sleep(0)
        if order == "before":
            await confirmed
            await self._call_back(row, outcome)
        elif order == "together":
            await asyncio.gather(confirmed, self._call_back(row, outcome))
        else:
            await self._call_back(row, outcome)
            await confirmed

    def _record_payment(self, row: sqlite3.Row, outcome: Outcome) -> Payment:
        at = datetime.strptime(outcome.at, "%Y%m%d%H%M%S").replace(tzinfo=EAT).timestamp()
        made = Payment(
            receipt=outcome.receipt,
            e164=row["e164"],
            amount_minor=row["amount"] * 100,
            reference=row["reference"],
            shortcode=row["shortcode"],
            kind="stk",
            at=at,
        )
        return self.paybill.record(made, outcome.receipt)

    async def _call_back(self, row: sqlite3.Row, outcome: Outcome) -> None:
        traps = self.traps_of(row["e164"])
        if traps.lose_callback:
            return
        await asyncio.sleep(traps.delay_seconds)
        if traps.reorder:
            await self._let_another_go_first()
        body = callback_body(
            merchant_id=row["merchant_id"],
            checkout_id=row["checkout_id"],
            outcome=outcome,
            amount=row["amount"],
            msisdn=row["e164"][1:],
            traps=traps,
        )
        source = FOREIGN_ADDRESS if traps.foreign_address else ""
        await asyncio.gather(*(deliver(row, body, source) for _ in range(traps.duplicate)))
        self.went_out.set()

    async def _let_another_go_first(self) -> None:
        self.went_out.clear()
        try:
            await asyncio.wait_for(self.went_out.wait(), REORDER_SECONDS_MAX)
        except TimeoutError:
            return

    def _open_push(self, e164: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.store.execute(
            "SELECT * FROM push WHERE e164 = ? AND state IN ('open', 'hidden', 'working')", (e164,)
        ).fetchone()
        return found

    def _was_asked_just_now(self, asked: PushRequest) -> bool:
        row = self.store.execute(
            "SELECT 1 FROM push WHERE e164 = ? AND amount = ? AND started_at > ?",
            (asked.e164, asked.amount, time.time() - SAME_AMOUNT_SECONDS),
        ).fetchone()
        return row is not None

    def _insert(self, asked: PushRequest, traps: Traps) -> sqlite3.Row:
        now = datetime.now(EAT)
        checkout_id = f"ws_CO_{now:%d%m%Y%H%M%S}{secrets.randbelow(1000):03d}{asked.e164[4:]}"
        merchant_id = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(10)}"
        self.store.execute(
            "INSERT INTO push (checkout_id, merchant_id, e164, amount, reference, shortcode,"
            " callback_url, started_at, expires_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')",
            (
                checkout_id,
                merchant_id,
                asked.e164,
                asked.amount,
                asked.reference,
                asked.shortcode,
                asked.callback_url,
                now.timestamp(),
                now.timestamp() + traps.prompt_seconds,
            ),
        )
        row = self.find(checkout_id)
        assert row is not None
        return row

    def _set_state(self, checkout_id: str, state: str) -> None:
        self.store.execute("UPDATE push SET state = ? WHERE checkout_id = ?", (state, checkout_id))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        job = asyncio.get_running_loop().create_task(work)
        self.jobs.add(job)
        job.add_done_callback(self.jobs.discard)


async def deliver(row: sqlite3.Row, body: bytes, source: str) -> None:
    """Post a callback once; like the real one, never again."""
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "BusinessShortCode": row["shortcode"],
    }
    if source:
        headers["X-Forwarded-For"] = source
    try:
        async with (
            aiohttp.ClientSession(timeout=CALLBACK_TIMEOUT) as session,
            session.post(row["callback_url"], data=body, headers=headers) as reply,
        ):
            print(f"daraja: callback for {row['checkout_id']} answered {reply.status}", flush=True)
    except (aiohttp.ClientError, TimeoutError) as problem:
        print(f"daraja: callback for {row['checkout_id']} was lost: {problem!r}", flush=True)


def confirmation(row: sqlite3.Row, receipt: str, now: datetime, accounts: Accounts) -> str:
    """Write the message that M-Pesa sends to the payer."""
    left = accounts.balance_minor(row["e164"])
    return (
        f"{receipt} Confirmed. Ksh{row['amount']:,}.00 sent to {BUSINESS_NAME} for account"
        f" {row['reference']} on {now.day}/{now:%m/%y} at {now:%I:%M %p}."
        f" New M-PESA balance is Ksh{left // 100:,}.{left % 100:02d}."
    )
