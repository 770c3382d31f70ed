"""Reads the results of what we asked M-Pesa to do: a reversal, a payout, a status, our balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wallet.mpesa.clock import parse_eat
from wallet.mpesa.parse import Unreadable, amount_minor, read_json, receipt_no, text

CODE_MAX, ID_MAX, VALUE_MAX = 32, 64, 400


@dataclass(frozen=True, slots=True)
class Result:
    """The end of something we asked M-Pesa to do, with its parameters by name, first one first."""

    code: str
    words: str
    conversation_id: str
    transaction_id: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What Transaction Status says of a receipt."""

    receipt_no: str | None
    status: str
    amount_minor: int | None
    credit_party: str
    debit_party: str
    finished_at: datetime | None


def parse_result(raw: bytes) -> Result:
    """Read the result of a back-office request. Raises Unreadable."""
    outer = read_json(raw)
    body = outer.get("Result") if isinstance(outer, dict) else None
    if not isinstance(body, dict):
        raise Unreadable("no Result")
    code = body.get("ResultCode")
    if code is None or isinstance(code, (dict, list, bool)):
        raise Unreadable("no ResultCode")
    return Result(
        code=text(code, CODE_MAX),
        words=text(body.get("ResultDesc"), 200),
        conversation_id=text(body.get("ConversationID"), ID_MAX),
        transaction_id=text(body.get("TransactionID"), 32),
        parameters=_parameters(body.get("ResultParameters")),
    )


def found_of(result: Result) -> Found:
    """Read what a Transaction Status found."""
    said = result.parameters
    return Found(
        receipt_no=receipt_no(said.get("ReceiptNo") or result.transaction_id),
        status=said.get("TransactionStatus", "").lower(),
        amount_minor=amount_minor(said.get("Amount")),
        credit_party=said.get("CreditPartyName", ""),
        debit_party=said.get("DebitPartyName", ""),
        finished_at=parse_eat(said.get("FinalisedTime", "")),
    )


def utility_minor(result: Result) -> int | None:
    """Return the cents in our utility account; None when the result does not say.

    The accounts are one text: `Name|KES|123.45|…` with `&` between them.
    """
    for account in result.parameters.get("AccountBalance", "").split("&"):
        name, _, rest = account.partition("|")
        if name.strip().lower() != "utility account":
            continue
        try:
            cents = Decimal(rest.split("|")[1]) * 100
            return int(cents) if cents == cents.to_integral_value() else None
        except (IndexError, InvalidOperation, OverflowError):
            return None
    return None


# Foreign JSON: a list of Key and Value, one such pair alone, or nothing.
def _parameters(value: Any) -> dict[str, str]:
    pairs = value.get("ResultParameter") if isinstance(value, dict) else None
    if isinstance(pairs, dict):
        pairs = [pairs]
    found: dict[str, str] = {}
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, dict) and isinstance(pair.get("Key"), str):
            # A key may come twice; the payer is named first.
            found.setdefault(pair["Key"], text(pair.get("Value"), VALUE_MAX))
    return found
