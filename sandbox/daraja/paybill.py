"""Pay Bill from a phone, and how the business hears of it: validation, confirmation, Pull."""

import asyncio
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from sandbox.daraja.accounts import PIN, Accounts, make_receipt
from sandbox.daraja.checks import (
    EAT,
    Body,
    check_amount,
    check_callback_url,
    check_shortcode,
    text_of,
)
from sandbox.daraja.replies import invalid
from sandbox.daraja.traps import Traps

BUSINESS_NAME = "SAUTIKIT"
VALIDATION_TIMEOUT = aiohttp.ClientTimeout(total=8)
CONFIRMATION_TIMEOUT = aiohttp.ClientTimeout(total=10)
ACCOUNT_LENGTH_MAX = 20
AMOUNT_MAX = 250_000
PULL_WINDOW = timedelta(hours=48)
PULL_ROWS = 100
REVERSAL_SECONDS = 0.3
WORDS = {
    "C2B00011": "the phone number is not accepted",
    "C2B00012": "the account number is not known",
    "C2B00013": "the amount is not accepted",
    "C2B00015": "the business number is not known",
}


class PaymentError(ValueError):
    """The phone cannot pay like this; the text says why."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that went into a Paybill."""

    receipt: str
    e164: str
    amount_minor: int
    reference: str
    shortcode: str
    kind: str
    at: float


@dataclass(frozen=True, slots=True)
class Reversal:
    """An order to send a payment back."""

    receipt: str
    amount: int
    result_url: str
    conversation_id: str


class Paybill:
    """Keep who listens to which Paybill, take payments, and tell."""

    def __init__(
        self,
        store: sqlite3.Connection,
        *,
        shortcode: str,
        changed: Callable[[str], None],
        traps_of: Callable[[str], Traps],
    ) -> None:
        self.store, self.shortcode = store, shortcode
        self.accounts = Accounts(store)
        self.changed, self.traps_of = changed, traps_of

    def register(self, body: Body) -> None:
        """Keep the addresses of a business; the sandbox lets it register again."""
        name = "ShortCode"
        shortcode = check_shortcode({"BusinessShortCode": body.get(name)})
        if shortcode != self.shortcode:
            raise invalid(name)
        if body.get("ResponseType") not in ("Completed", "Cancelled"):
            raise invalid("ResponseType")
        urls = [check_callback_url(body.get(key)) for key in ("ConfirmationURL", "ValidationURL")]
        self.store.execute(
            "INSERT OR REPLACE INTO c2b (shortcode, confirmation_url, validation_url, response_type)"
            " VALUES (?, ?, ?, ?)",
            (shortcode, *urls, body["ResponseType"]),
        )

    async def pay(self, e164: str, asked: dict[str, Any]) -> None:
        """Pay as a person does: Lipa na M-PESA, Pay Bill. The phone gets M-PESA's message."""
        business, account = str(asked.get("business") or ""), str(asked.get("account") or "")
        amount = read_amount(asked.get("amount"))
        if not account.strip() or len(account) > ACCOUNT_LENGTH_MAX:
            raise PaymentError(f"An account number has 1 to {ACCOUNT_LENGTH_MAX} characters.")
        if str(asked.get("pin") or "") != PIN:
            raise PaymentError("That is not the PIN. In the sandbox it is 1234.")
        if business != self.shortcode:
            raise PaymentError(f"Nobody has the business number {business}.")
        payment = Payment("", e164, amount * 100, account, business, "paybill", time.time())
        if refusal := await self._validate(payment):
            self.accounts.tell(e164, f"Failed. Ksh{amount:,}.00 was not sent: {refusal}.")
        elif (receipt := self.accounts.pay(e164, payment.amount_minor)) is None:
            self.accounts.tell(
                e164, "Failed. You do not have enough money in your M-PESA account to pay"
                f" Ksh{amount:,}.00.",
            )  # fmt: skip
        else:
            await self._complete(self.record(payment, receipt))
        self.changed(e164)

    def record(self, payment: Payment, receipt: str) -> Payment:
        """Keep a payment for the Pull and the statement."""
        made = replace(payment, receipt=receipt)
        self.store.execute(
            "INSERT INTO payment (receipt, e164, amount_minor, reference, shortcode, kind, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            astuple(made),
        )
        return made

    async def confirm(self, payment: Payment) -> None:
        """Tell the business that it was paid; nothing registered, nobody told."""
        urls = self._urls()
        if urls is None or self.traps_of(payment.e164).lose_confirmation:
            return
        copies = self.traps_of(payment.e164).duplicate
        url, body = urls["confirmation_url"], message(payment)
        await asyncio.gather(*(post(url, body, CONFIRMATION_TIMEOUT) for _ in range(copies)))

    def pull(self, body: Body) -> list[dict[str, object]]:
        """Return the payments of a window, a page of them from an offset on."""
        if text_of(body, "ShortCode") != self.shortcode:
            raise invalid("ShortCode")
        since, until = read_moment(body, "StartDate"), read_moment(body, "EndDate")
        oldest = datetime.now(EAT) - PULL_WINDOW
        offset = text_of(body, "OffSetValue")
        if not offset.isdigit():
            raise invalid("OffSetValue")
        rows = self.store.execute(
            "SELECT * FROM payment WHERE at >= ? AND at <= ? ORDER BY at LIMIT ? OFFSET ?",
            (max(since, oldest).timestamp(), until.timestamp() + 1, PULL_ROWS, int(offset)),
        ).fetchall()
        return [pulled(row) for row in rows if not self.traps_of(row["e164"]).hide_from_pull]

    def check_reversal(self, body: Body) -> Reversal:
        """Read an order to send a payment back, or raise what Daraja would answer."""
        if body.get("CommandID") != "TransactionReversal":
            raise invalid("CommandID")
        for name in ("Initiator", "SecurityCredential", "Remarks"):
            if not text_of(body, name):
                raise invalid(name)
        # The misspelling is the real one's.
        if text_of(body, "RecieverIdentifierType") != "11":
            raise invalid("RecieverIdentifierType")
        if text_of(body, "ReceiverParty") != self.shortcode:
            raise invalid("ReceiverParty")
        return Reversal(
            receipt=text_of(body, "TransactionID"),
            amount=check_amount(body.get("Amount")),
            result_url=check_callback_url(body.get("ResultURL")),
            conversation_id=f"AG_{datetime.now(EAT):%Y%m%d}_{secrets.token_hex(10)}",
        )

    async def reverse(self, order: Reversal) -> None:
        """Give the money back once and tell the business."""
        await asyncio.sleep(REVERSAL_SECONDS)
        code = self._give_back(order)
        result = {
            "ResultType": 0,
            "ResultCode": int(code) if code.isdigit() else code,
            "ResultDesc": "The service request is processed successfully." if code == "0" else code,
            "OriginatorConversationID": order.conversation_id,
            "ConversationID": order.conversation_id,
            "TransactionID": make_receipt(),
        }
        await post(order.result_url, json.dumps({"Result": result}).encode(), CONFIRMATION_TIMEOUT)

    def _give_back(self, order: Reversal) -> str:
        row = self.store.execute(
            "SELECT * FROM payment WHERE receipt = ?", (order.receipt,)
        ).fetchone()
        if row is None or row["amount_minor"] != order.amount * 100:
            return "R000002"
        fresh = self.store.execute(
            "INSERT OR IGNORE INTO reversed (receipt) VALUES (?)", (order.receipt,)
        )
        if not fresh.rowcount:
            return "R000001"
        e164 = row["e164"]
        self.accounts.set_balance(e164, self.accounts.balance_minor(e164) + row["amount_minor"])
        self.accounts.tell(e164, f"{order.receipt} was reversed. Ksh{order.amount:,}.00 is back.")
        self.changed(e164)
        return "0"

    async def _validate(self, payment: Payment) -> str:
        """Ask the business; say why it refuses, or nothing."""
        urls = self._urls()
        if urls is None or self.traps_of(payment.e164).no_validation:
            return ""
        said = await post(urls["validation_url"], message(payment), VALIDATION_TIMEOUT)
        if said is None:
            is_open = urls["response_type"] == "Completed"
            return "" if is_open else "the business does not answer"
        code = str(said.get("ResultCode"))
        return "" if code == "0" else WORDS.get(code, "the business refused")

    async def _complete(self, payment: Payment) -> None:
        now = datetime.fromtimestamp(payment.at, EAT)
        left = self.accounts.balance_minor(payment.e164)
        self.accounts.tell(
            payment.e164,
            f"{payment.receipt} Confirmed. Ksh{payment.amount_minor // 100:,}.00 sent to"
            f" {BUSINESS_NAME} for account {payment.reference} on {now.day}/{now:%m/%y} at"
            f" {now:%I:%M %p}. New M-PESA balance is Ksh{left // 100:,}.{left % 100:02d}.",
        )
        self.changed(payment.e164)
        await asyncio.sleep(self.traps_of(payment.e164).delay_seconds)
        await self.confirm(payment)

    def _urls(self) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.store.execute(
            "SELECT * FROM c2b WHERE shortcode = ?", (self.shortcode,)
        ).fetchone()
        return found


def read_amount(value: object) -> int:
    """Read whole shillings as a person types them."""
    typed = re.sub(r"[,\s]", "", str(value or ""))
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed) <= AMOUNT_MAX:
        raise PaymentError(f"An amount is whole shillings from 1 to {AMOUNT_MAX:,}.")
    return int(typed)


def read_moment(body: Body, name: str) -> datetime:
    """Read a time of a Pull, which is East African."""
    try:
        return datetime.strptime(text_of(body, name), "%Y-%m-%d %H:%M:%S").replace(tzinfo=EAT)
    except ValueError:
        raise invalid(name) from None


def message(payment: Payment) -> bytes:
    """Write the flat object that validation and confirmation share; an unpaid one has a receipt too."""
    body = {
        "TransactionType": "Pay Bill",
        "TransID": payment.receipt or "VALIDATION",
        "TransTime": datetime.fromtimestamp(payment.at, EAT).strftime("%Y%m%d%H%M%S"),
        "TransAmount": f"{payment.amount_minor // 100}.00",
        "BusinessShortCode": payment.shortcode,
        "BillRefNumber": payment.reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": "184250.00" if payment.receipt else "",
        "ThirdPartyTransID": "",
        "MSISDN": f"{payment.e164[1:5]} ***** {payment.e164[-3:]}",
        "FirstName": "WANJIKU",
        "MiddleName": "",
        "LastName": "",
    }
    return json.dumps(body).encode()


def pulled(row: sqlite3.Row) -> dict[str, object]:
    """Write one row of a Pull: lower-case keys, the number without its country, a doubtful Z."""
    return {
        "transactionId": row["receipt"],
        "trxDate": datetime.fromtimestamp(row["at"], EAT).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "msisdn": int(row["e164"][4:]),
        "sender": "MPESA",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": row["reference"],
        "amount": f"{row['amount_minor'] // 100}.00",
        "organizationname": BUSINESS_NAME,
    }


async def post(url: str, body: bytes, timeout: aiohttp.ClientTimeout) -> dict[str, Any] | None:
    """Post once, like the real one; None when nobody answered."""
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers) as reply,
        ):
            said = await reply.json(content_type=None)
            return said if reply.status == 200 and isinstance(said, dict) else None
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        print(f"daraja: a C2B message was lost: {problem!r}", flush=True)
        return None
