"""The recovery of what was never announced: Pull lists the payments, landing books the missing ones."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from kernel import clock, limits, work
from kernel.money import Money
from wallet.models import MpesaReceipt, TopUp
from wallet.mpesa.parse import PaybillPayment
from wallet.services import access, inquiries, paybill, topups

log = logging.getLogger(__name__)

# A page with nothing new ends a Pull; this ends one whose offset is stuck.
PAGES_MAX = 200
EXPIRED_PER_RUN_MAX = 500
# What payers may ask for between two Pulls, all together.
LOOKS_PER_SECOND = 0.05


@dataclass(slots=True)
class Report:
    """What a Pull listed, and what of it was news to us."""

    seen: dict[str, int] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = Money(sum(self.seen.values()), "KES")
        said = f"{len(self.seen)} payments, {total}; {len(self.fresh)} were new"
        return f"{said}; failed: {', '.join(self.failed)}" if self.failed else said


def pull(window: timedelta) -> Report:
    """Land every payment of the last so many hours. Idempotent by receipt. Raises DarajaFailed."""
    until, offset, report = clock.now(), 0, Report()
    if not access.is_configured():
        return report
    office = access.back_office()
    for _ in range(PAGES_MAX):
        page = office.pull(since=until - window, until=until, offset=offset)
        offset += page.rows_count
        news = [each for each in page.payments if each.receipt_no not in report.seen]
        for payment in news:
            _take(payment, report)
        if not news:
            break
    _mark_verified(report)
    inquiries.note_unlisted(until - window, set(report.seen))
    return report


def verify(window: timedelta) -> str:
    """Pull a long window and say which receipts of it M-Pesa did not list."""
    report = pull(window)
    since = clock.now() - window
    unlisted = MpesaReceipt.objects.filter(
        created_at__gte=since, verified_by="", shortcode=access.our_app().shortcode
    ).exclude(receipt_no__in=report.seen)
    numbers = sorted(unlisted.values_list("receipt_no", flat=True))
    if numbers:
        log.critical("receipts that no Pull has listed: %s", ", ".join(numbers))
    return f"{report}; {len(numbers)} receipts not listed {' '.join(numbers[:5])}".strip()


def look_again(topup: TopUp) -> bool:
    """Search for the money of an open top-up at once, because its payer says that it was paid.

    One search at a time for everybody: a Pull lists all payments anyway.
    """
    is_open = topup.mode == "live" and topup.status not in ("paid", "failed")
    if (
        not is_open
        or not limits.allow("wallet.look_again", rate_per_second=LOOKS_PER_SECOND, burst=2).allowed
    ):
        return False
    work.enqueue("kernel.run_job", "wallet.pull_recent")
    return True


def expire_topups() -> int:
    """Fail the prompts that stayed open for 48 hours; a payment that still comes turns them."""
    due = TopUp.objects.filter(~Q(status__in=("paid", "failed")), expires_at__lt=clock.now())
    rows = list(due.order_by("expires_at")[:EXPIRED_PER_RUN_MAX])
    return sum(topups.fail(row, reason="expired", source="expiry") for row in rows)


def _take(payment: PaybillPayment, report: Report) -> None:
    """Land one payment; one that cannot be landed must not keep the others from it."""
    report.seen[payment.receipt_no] = payment.amount_minor
    is_known = MpesaReceipt.objects.filter(receipt_no=payment.receipt_no).exists()
    try:
        paybill.land_payment(payment, source="pull")
    except Exception:
        log.exception("receipt %s could not be landed", payment.receipt_no)
        report.failed.append(payment.receipt_no)
        return
    if not is_known:
        report.fresh.append(payment.receipt_no)


def _mark_verified(report: Report) -> None:
    """Note on each receipt that M-Pesa itself has listed it, with the same amount."""
    listed = MpesaReceipt.objects.filter(receipt_no__in=report.seen, verified_by="")
    for receipt in listed:
        if receipt.amount_minor == report.seen[receipt.receipt_no]:
            MpesaReceipt.objects.filter(pk=receipt.pk).update(
                verified_by="pull", verified_at=clock.now()
            )
