"""The results of what we asked M-Pesa: each message finds its question by the address it came to."""

from __future__ import annotations

from wallet.models import Inquiry, MpesaEvent, Refund
from wallet.mpesa.parse import Unreadable
from wallet.mpesa.parse_results import parse_result
from wallet.services import chasing, inquiries, reversals, utility


def is_expected(token_sha256: str) -> bool:
    """Say whether a result may come to this address."""
    return (
        Refund.objects.filter(callback_token_sha256=token_sha256).exists()
        or Inquiry.objects.filter(callback_token_sha256=token_sha256).exists()
    )


def judge(event: MpesaEvent) -> str:
    """Settle what a result is about, and say what became of it. The caller has a transaction."""
    refund = Refund.objects.filter(callback_token_sha256=event.token_sha256).first()
    inquiry = None if refund else inquiries.inquiry_of(event)
    if refund is None and inquiry is None:
        return "refused: unknown token"
    try:
        result = parse_result(bytes(event.raw))
    except Unreadable as problem:
        return f"refused: unreadable, {problem}"
    if refund is not None:
        return reversals.judge_refund(refund, result)
    assert inquiry is not None
    if inquiry.kind == "balance":
        return utility.judge_balance(inquiry, result)
    if inquiry.kind == "refund":
        return chasing.judge(inquiry, result)
    return inquiries.judge_payment(inquiry, result)
