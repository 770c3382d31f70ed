"""Reads what Daraja sends: by name, never by position, and never trusting a type."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wallet.mpesa.clock import parse_eat

_RECEIPT = re.compile(r"[A-Z0-9]{6,32}")
_ID_MAX = 64
_CODE_MAX = 32


class Unreadable(ValueError):
    """The bytes are not the message this door takes."""


@dataclass(frozen=True, slots=True)
class StkCallback:
    """The result of a push; the last four are None unless it was paid and they were readable."""

    merchant_request_id: str
    checkout_request_id: str
    result_code: str
    result_desc: str
    amount_minor: int | None = None
    receipt_no: str | None = None
    paid_at: datetime | None = None
    msisdn: str | None = None


@dataclass(frozen=True, slots=True)
class PaybillPayment:
    """One payment into the Paybill, as a C2B message or a row of a Pull tells it."""

    receipt_no: str
    amount_minor: int
    paid_at: datetime | None
    shortcode: str
    bill_ref: str
    msisdn: str


def parse_c2b(raw: bytes) -> PaybillPayment:
    """Read a C2B validation or confirmation, which are the same flat object. Raises Unreadable."""
    body = read_json(raw)
    if not isinstance(body, dict):
        raise Unreadable("not an object")
    receipt, amount = receipt_no(body.get("TransID")), amount_minor(body.get("TransAmount"))
    if receipt is None:
        raise Unreadable("no TransID")
    if amount is None:
        raise Unreadable("no TransAmount")
    return PaybillPayment(
        receipt_no=receipt,
        amount_minor=amount,
        paid_at=parse_eat(text(body.get("TransTime"), 20)),
        shortcode=text(body.get("BusinessShortCode"), 10),
        bill_ref=text(body.get("BillRefNumber"), 64),
        msisdn=text(body.get("MSISDN"), 80),
    )


@dataclass(frozen=True, slots=True)
class PullPage:
    """One page of a Pull: what paid in, and how many rows there were of every kind."""

    payments: list[PaybillPayment]
    rows_count: int


def parse_pull(raw: bytes, *, shortcode: str) -> PullPage:
    """Read the rows of a Pull; "nothing" is an empty page. Raises Unreadable.

    The list is nested twice, and none is the text `[[]]`. The zone of its times is doubtful, so
    they are left out.
    """
    body = read_json(raw)
    outer = body.get("Response") if isinstance(body, dict) else None
    if isinstance(outer, str):
        outer = read_json(outer.encode())
    if not isinstance(outer, list):
        raise Unreadable("no Response")
    rows = [row for inner in outer if isinstance(inner, list) for row in inner]
    return PullPage([p for row in rows if (p := _pulled(row, shortcode)) is not None], len(rows))


def _pulled(row: Any, shortcode: str) -> PaybillPayment | None:
    if not isinstance(row, dict):
        return None
    kind = text(row.get("transactiontype"), 40).lower()
    receipt, amount = receipt_no(row.get("transactionId")), amount_minor(row.get("amount"))
    if not kind.startswith("c2b-pay-bill") or receipt is None or amount is None:
        return None
    msisdn = text(row.get("msisdn"), 80)
    return PaybillPayment(
        receipt_no=receipt,
        amount_minor=amount,
        paid_at=None,
        shortcode=shortcode,
        bill_ref=text(row.get("billreference"), 64),
        # Written without the country, unlike everywhere else.
        msisdn=f"254{msisdn}" if len(msisdn) == 9 and msisdn.isdigit() else msisdn,
    )


def parse_stk_callback(raw: bytes) -> StkCallback:
    """Read a callback body. Raises Unreadable."""
    body = _object(_object(read_json(raw), "Body"), "stkCallback")
    code = body.get("ResultCode")
    if code is None or isinstance(code, (dict, list, bool)):
        raise Unreadable("no ResultCode")
    facts = _items(body.get("CallbackMetadata"))
    return StkCallback(
        merchant_request_id=text(body.get("MerchantRequestID"), _ID_MAX),
        checkout_request_id=text(body.get("CheckoutRequestID"), _ID_MAX),
        result_code=text(code, _CODE_MAX),
        result_desc=text(body.get("ResultDesc"), 200),
        amount_minor=amount_minor(facts.get("Amount")),
        receipt_no=receipt_no(facts.get("MpesaReceiptNumber")),
        paid_at=parse_eat(text(facts.get("TransactionDate"), 20)),
        msisdn=text(facts.get("PhoneNumber"), 80) or None,
    )


# JSON is whatever was sent.
def read_json(raw: bytes) -> Any:
    """Parse with exact decimals. Raises Unreadable, also for absurd nesting and numbers."""
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"not JSON: {type(problem).__name__}") from None


# From here on the values are those of foreign JSON.
def amount_minor(value: Any) -> int | None:
    """Return exact cents of 1, 1.00 or "1.00"; None unless positive, exact and sane."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        cents = Decimal(value) * 100
    except InvalidOperation:
        return None
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 < cents < 10**15:
        return None
    return int(cents)


def receipt_no(value: Any) -> str | None:
    said = text(value, 64).upper()
    return said if _RECEIPT.fullmatch(said) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _object(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, dict):
        raise Unreadable(f"no {name}")
    return found


def _items(metadata: Any) -> dict[str, Any]:
    items = metadata.get("Item") if isinstance(metadata, dict) else None
    facts: dict[str, Any] = {}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get("Name"), str):
            facts.setdefault(item["Name"], item.get("Value"))
    return facts


def text(value: Any, limit: int) -> str:
    """Return a plain value as short text; nothing for what is no plain value."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    # A database text holds no NUL.
    return str(value).strip().replace("\0", "")[:limit]
