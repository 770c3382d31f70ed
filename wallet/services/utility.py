"""What Safaricom holds for us against what our books say it holds; a difference is an alarm."""

from __future__ import annotations

import hashlib
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum

from kernel import clock, work
from kernel.money import Money
from wallet.chart import Account
from wallet.models import Entry, Inquiry
from wallet.mpesa.parse_results import Result, utility_minor
from wallet.services import access, inquiries
from wallet.states import INQUIRY

log = logging.getLogger(__name__)


@transaction.atomic
def ask_balance() -> str:
    """Have M-Pesa asked what our utility account holds, and say what the last answer was."""
    last = _answered().first()
    said = last.outcome if last else "no answer yet"
    if not access.can_ask():
        return "no API operator is set, nobody can be asked"
    if Inquiry.objects.filter(kind="balance", status="open").exists():
        return f"still asking; last: {said}"
    row = Inquiry(kind="balance", reason="hourly")
    row.callback_token_sha256 = hashlib.sha256(inquiries.token_of(row).encode()).hexdigest()
    row.save(force_insert=True)
    work.enqueue("wallet.send_inquiry", row.id)
    return f"asked; last: {said}"


def judge_balance(inquiry: Inquiry, result: Result) -> str:
    """Compare what came in at M-Pesa since the last answer with what our books took in.

    The two accounts differ by what was withdrawn before we came, so only the change counts. Locks
    the question; the caller has a transaction.
    """
    row = Inquiry.objects.select_for_update(no_key=True).get(id=inquiry.id)
    found = utility_minor(result)
    if row.status in INQUIRY.final:
        return f"known: {row.status}"
    if result.code != "0" or found is None:
        return f"open: {result.code} {result.words}"[:200]
    last, books = _answered().first(), clearing_minor()
    gap = found - books - (last.found_minor - last.books_minor if last else found - books)  # type: ignore[operator]
    outcome = _words(found, gap)
    INQUIRY.apply(
        row, "confirm", found_minor=found, books_minor=books, outcome=outcome, ended_at=clock.now()
    )
    if abs(gap) > settings.UTILITY_GAP_MAX_MINOR:
        log.critical("the utility account at M-Pesa and our books differ: %s", outcome)
    if gap > settings.UTILITY_GAP_MAX_MINOR:
        # More came in than we know of: somebody's payment was never announced.
        work.enqueue("kernel.run_job", "wallet.pull_recent")
    return outcome


def clearing_minor() -> int:
    """Return what M-Pesa should hold for us by our books."""
    booked = Entry.objects.filter(account=Account.MPESA_CLEARING).aggregate(all=Sum("amount_minor"))
    return -int(booked["all"] or 0)


def _answered() -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(kind="balance", status="confirmed").order_by("-asked_at")


def _words(found: int, gap: int) -> str:
    held = Money(found, "KES")
    if abs(gap) <= settings.UTILITY_GAP_MAX_MINOR:
        return f"{held}, as booked"
    side = "more than booked: a payment is missing" if gap > 0 else "less than booked: withdrawn?"
    return f"{held}, {Money(abs(gap), 'KES')} {side}"
