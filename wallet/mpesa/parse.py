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


def parse_stk_callback(raw: bytes) -> StkCallback:
    """Read a callback body. Raises Unreadable."""
    body = _object(_object(read_json(raw), "Body"), "stkCallback")
    code = body.get("ResultCode")
    if code is None or isinstance(code, (dict, list, bool)):
        raise Unreadable("no ResultCode")
    facts = _items(body.get("CallbackMetadata"))
    return StkCallback(
        merchant_request_id=_text(body.get("MerchantRequestID"), _ID_MAX),
        checkout_request_id=_text(body.get("CheckoutRequestID"), _ID_MAX),
        result_code=_text(code, _CODE_MAX),
        result_desc=_text(body.get("ResultDesc"), 200),
        amount_minor=amount_minor(facts.get("Amount")),
        receipt_no=receipt_no(facts.get("MpesaReceiptNumber")),
        paid_at=parse_eat(_text(facts.get("TransactionDate"), 20)),
        msisdn=_text(facts.get("PhoneNumber"), 80) or None,
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
    text = _text(value, 64).upper()
    return text if _RECEIPT.fullmatch(text) else None


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


def _text(value: Any, limit: int) -> str:
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    # A database text holds no NUL.
    return str(value).strip().replace("\0", "")[:limit]
