"""Pay Bill from a phone, and how the business hears of it: validation, confirmation, Pull."""

import asyncio
import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from sandbox.daraja.accounts import PIN, Accounts
from sandbox.daraja.checks import (
    EAT,
    Body,
    check_amount,
    check_callback_url,
    check_msisdn,
    check_shortcode,
    text_of,
)
from sandbox.daraja.replies import RefusalError, invalid
from sandbox.daraja.traps import Traps

BUSINESS_NAME = "SAUTIKIT"
VALIDATION_TIMEOUT = aiohttp.ClientTimeout(total=8)
CONFIRMATION_TIMEOUT = aiohttp.ClientTimeout(total=10)
ACCOUNT_LENGTH_MAX = 20
AMOUNT_MAX = 250_000
PULL_WINDOW = timedelta(hours=48)
PULL_ROWS = 100
# Of a block that belongs to nobody.
FOREIGN_ADDRESS = "203.0.113.9"
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
        """Pay as a person does: Lipa na M-PESA, Pay Bill. The phone gets M-Pesa's message."""
        business, account = str(asked.get("business") or ""), str(asked.get("account") or "")
        amount = read_amount(asked.get("amount"))
        if not account.strip() or len(account) > ACCOUNT_LENGTH_MAX:
            raise PaymentError(f"An account number has 1 to {ACCOUNT_LENGTH_MAX} characters.")
        if str(asked.get("pin") or "") != PIN:
            raise PaymentError("That is not the PIN. In the sandbox it is 1234.")
        await self.transfer(e164, business=business, account=account, amount=amount)

    async def simulate(self, body: Body) -> None:
        """Pay as Daraja's own sandbox does when a program asks for it, without a PIN."""
        if body.get("CommandID") != "CustomerPayBillOnline":
            raise invalid("CommandID")
        if text_of(body, "ShortCode") != self.shortcode:
            raise invalid("ShortCode")
        e164, account = f"+{check_msisdn(body, 'Msisdn')}", text_of(body, "BillRefNumber")
        amount = check_amount(body.get("Amount"))
        if not 1 <= len(account) <= ACCOUNT_LENGTH_MAX:
            raise invalid("BillRefNumber")
        await self.transfer(e164, business=self.shortcode, account=account, amount=amount)

    async def transfer(self, e164: str, *, business: str, account: str, amount: int) -> None:
        """Move the money if the business takes it, and tell the phone."""
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
        traps = self.traps_of(payment.e164)
        url, body = urls["confirmation_url"], message(payment, traps)
        source = FOREIGN_ADDRESS if traps.foreign_address else ""
        sends = (
            post(url, body, CONFIRMATION_TIMEOUT, source=source) for _ in range(traps.duplicate)
        )
        await asyncio.gather(*sends)

    def pull(self, body: Body) -> list[dict[str, object]]:
        """Return the payments of a window, a page of them from an offset on."""
        if text_of(body, "ShortCode") != self.shortcode:
            raise invalid("ShortCode")
        since, until = read_moment(body, "StartDate"), read_moment(body, "EndDate")
        oldest = datetime.now(EAT) - PULL_WINDOW
        offset = text_of(body, "OffSetValue")
        if not offset.isdigit():
            raise invalid("OffSetValue")
        told = self.traps_of("").pull
        if told == "error":
            raise RefusalError(500, "500.003.1001", "Internal Server Error")
        skipped = 0 if told == "stuck" else int(offset)
        rows = self.store.execute(
            "SELECT * FROM payment WHERE at >= ? AND at <= ? ORDER BY at LIMIT ? OFFSET ?",
            (max(since, oldest).timestamp(), until.timestamp() + 1, PULL_ROWS, skipped),
        ).fetchall()
        return [pulled(row) for row in rows if not self.traps_of(row["e164"]).hide_from_pull]

    async def _validate(self, payment: Payment) -> str:
        """Ask the business; say why it refuses, or nothing."""
        urls = self._urls()
        if urls is None or self.traps_of(payment.e164).no_validation:
            return ""
        said = await post(urls["validation_url"], message(payment, Traps()), VALIDATION_TIMEOUT)
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


def message(payment: Payment, traps: Traps) -> bytes:
    """Write the flat object that validation and confirmation share; an unpaid one has a receipt too."""
    phone = payment.e164[1:]
    if traps.phone_form == "hash":
        phone = hashlib.sha256(phone.encode()).hexdigest()
    elif traps.phone_form != "plain":
        phone = f"{phone[:4]} ***** {phone[-3:]}"
    body = {
        "TransactionType": "Pay Bill",
        "TransID": payment.receipt or "VALIDATION",
        "TransTime": datetime.fromtimestamp(payment.at, EAT).strftime("%Y%m%d%H%M%S"),
        "TransAmount": f"{payment.amount_minor // 100 + traps.alter_amount}.00",
        "BusinessShortCode": payment.shortcode,
        "BillRefNumber": payment.reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": "184250.00" if payment.receipt else "",
        "ThirdPartyTransID": "",
        "MSISDN": phone,
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


async def post(
    url: str, body: bytes, timeout: aiohttp.ClientTimeout, *, source: str = ""
) -> dict[str, Any] | None:
    """Post once, like the real one; None when nobody answered.

    A `source` makes the message look as if a proxy had it from another address.
    """
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    if source:
        headers["X-Forwarded-For"] = source
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
