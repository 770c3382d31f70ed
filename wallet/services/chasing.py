"""Refunds that were sent and never answered: M-Pesa is asked what became of them, never told again."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from kernel import clock, work
from wallet.models import Inquiry, MpesaReceipt, Refund
from wallet.mpesa.parse_results import Result, found_of
from wallet.services import access, inquiries, reversals
from wallet.states import INQUIRY

log = logging.getLogger(__name__)

# A result takes seconds; M-Pesa is asked after this.
ANSWER_TIME = timedelta(minutes=5)
PER_RUN_MAX = 50
COMPLETED = "completed"


def ask_about_refunds() -> str:
    """Put a question for every refund without a result, once each. Idempotent.

    A reversal whose reply was lost has no id that M-Pesa would know: that one is for a person.
    """
    silent = Refund.objects.filter(
        status__in=("sending", "sent", "unknown"),
        asked_at__lt=clock.now() - ANSWER_TIME,
        inquiry__isnull=True,
    )
    nameless = silent.filter(way="reversal", originator_id="")
    if not access.can_ask():
        return f"no API operator is set, {silent.count()} refunds without a result"
    named = silent.filter(Q(way="b2c") | ~Q(originator_id="")).order_by("asked_at")
    asked = [_ask(each) for each in named[:PER_RUN_MAX]]
    return f"{sum(asked)} asked about, {nameless.count()} for a person"


@transaction.atomic
def _ask(refund: Refund) -> bool:
    row = Inquiry(
        kind="refund", refund=refund, receipt_no=refund.receipt_id, reason="refund without a result"
    )
    row.callback_token_sha256 = hashlib.sha256(inquiries.token_of(row).encode()).hexdigest()
    Inquiry.objects.bulk_create([row], ignore_conflicts=True)
    is_new = Inquiry.objects.filter(id=row.id).exists()
    if is_new:
        work.enqueue("wallet.send_inquiry", row.id)
        log.warning("refund of %s has no result: M-Pesa is asked", refund.receipt_id)
    return is_new


def judge(inquiry: Inquiry, result: Result) -> str:
    """Settle a refund by what M-Pesa says became of its order. The caller has a transaction.

    Only a final status settles anything. Locks receipt, question and wallet in that order.
    """
    receipt = MpesaReceipt.objects.select_for_update(no_key=True).get(pk=inquiry.receipt_no)
    row = Inquiry.objects.select_for_update(no_key=True).get(id=inquiry.id)
    if row.status in INQUIRY.final:
        return f"known: {row.status}"
    assert row.refund is not None
    found = found_of(result)
    if result.code != "0" or not found.status:
        return f"open: {result.code} {result.words}"[:200]
    if found.amount_minor not in (None, row.refund.amount_minor):
        log.critical("refund of %s: the answer is about another amount", receipt.receipt_no)
        return "quarantined: of another amount"
    if found.status == COMPLETED:
        inquiries.end(row, "confirm", found.status, found_minor=found.amount_minor)
        return reversals.finish(row.refund, receipt, COMPLETED)
    if found.status in inquiries.FINAL:
        inquiries.end(row, "deny", found.status)
        return reversals.give_up(row.refund, found.status)
    return f"open: {found.status}"[:200]
