"""What `faults papers` kills: the monthly work of the books, and the judge of what is left of it."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import django

# The models are not ready when this module is read.
if TYPE_CHECKING:
    from accounts.models import Workspace

TENANTS: Final = 40
PAYMENTS_EACH: Final = 3
PAID_MINOR: Final = 200_000
TIER_GB: Final = 25


def main() -> int:
    """Do one act; exit 1 when the judge finds something wrong."""
    parser = argparse.ArgumentParser(prog="clerk")
    parser.add_argument("act", choices=("prepare", "work", "judge"))
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    django.setup()
    if options.act == "prepare":
        prepare()
    elif options.act == "work":
        print("at work", flush=True)
        for each in _works(random.Random(options.seed)):
            each()
    else:
        return judge()
    return 0


def prepare() -> None:
    """Make tenants with payments, a number and a storage tier each, and a statement that differs."""
    from bench import seed
    from calls.services import storage
    from kernel import clock
    from wallet.services import statements
    from wallet.services.landing import land

    rows = []
    for place, tenant in enumerate(seed.tenants(TENANTS)):
        workspace = _workspace(tenant.workspace_id)
        for number in range(PAYMENTS_EACH):
            receipt = f"UKM{place:03d}{number}4XC"
            land(
                receipt_no=receipt, amount_minor=PAID_MINOR, paid_at=clock.now(),
                shortcode=_shortcode(), source="c2b", bill_ref=workspace.mpesa_account_ref,
                msisdn="254712345678",
            )  # fmt: skip
            # The organisation's statement says a shilling more, or knows a payment that we do not.
            rows.append((receipt, PAID_MINOR // 100 + 1, workspace.mpesa_account_ref))
        storage.change_tier(workspace_id=workspace.id, mode="live", tier_gb=TIER_GB, actor="faults")
    statements.import_statement(name="faults.csv", raw=_statement(rows), actor="faults")


def _works(chance: random.Random) -> Iterator[Callable[[], object]]:
    """Yield what there is to do, in another order each time."""
    from calls.services import storage
    from kernel import clock
    from numbers.services import renew_rentals
    from wallet.models import Finding
    from wallet.services import corrections, documents

    later = _next_month()
    acts: list[Callable[[], object]] = [
        documents.issue_receipts,
        lambda: documents.close_months(now=later),
        lambda: storage.renew_tiers(today=clock.nairobi_today(later)),
        lambda: renew_rentals(today=clock.nairobi_today(later)),
        *(
            lambda found=found: corrections.ask_correction(found, reason="faults", actor="faults")
            for found in Finding.objects.filter(status="open").values_list("id", flat=True)
        ),
    ]
    yield from chance.sample(acts, len(acts))


def judge() -> int:
    """Finish the work, and hold what is there against what must be there once."""
    for each in _works(random.Random(0)):
        each()
    wrong = [f"{sentence}: {found}" for sentence, found, expected in _counts() if found != expected]
    wrong += _broken_rules()
    for sentence, found, _ in _counts():
        print(f"  {sentence}: {found}", flush=True)
    print("\n".join(wrong) if wrong else "papers: every promise held", flush=True)
    return 1 if wrong else 0


def _counts() -> Iterator[tuple[str, object, object]]:
    """Yield what there is of each thing, and how much there must be."""
    from calls.storage_models import StorageCharge
    from kernel import clock
    from numbers.models import Rental
    from wallet.models import Basis, Document, Finding, Posting

    month = f"{clock.nairobi_today(_next_month()):%Y-%m}"
    payments = TENANTS * PAYMENTS_EACH
    for kind, expected in ((Document.Kind.RECEIPT, payments), (Document.Kind.STATEMENT, TENANTS)):
        papers = Document.objects.filter(kind=kind)
        serials = sorted(papers.values_list("serial", flat=True))
        yield f"{kind}s", len(serials), expected
        yield f"{kind}s numbered without a gap", serials == [*range(1, expected + 1)], True
    rents = Posting.objects.filter(kind="rental", source_ref__endswith=month)
    tiers = StorageCharge.objects.filter(month=month, posting_id__isnull=False)
    yield "rents of the month", rents.count(), TENANTS
    yield "rents written down", Rental.objects.filter(month=month).count(), TENANTS
    yield "rents explained", Basis.objects.filter(posting__in=rents).count(), TENANTS
    yield "storage charges of the month", tiers.count(), TENANTS
    corrected = Finding.objects.filter(status="corrected", posting__isnull=False)
    yield "findings corrected", corrected.count(), payments
    booked = Posting.objects.filter(kind="adjustment", source_ref__startswith="correction:")
    yield "corrections booked", booked.count(), payments


def _broken_rules() -> list[str]:
    from wallet.invariants import WALLET

    found = ((rule.name, rule.first_broken()) for rule in WALLET)
    return [f"{name}: {broken}" for name, broken in found if broken]


def _workspace(workspace_id: UUID) -> Workspace:
    from accounts.models import Workspace

    return Workspace.objects.get(id=workspace_id)


def _shortcode() -> str:
    from django.conf import settings

    return str(settings.DARAJA_SHORTCODE)


def _next_month() -> datetime:
    """Return a moment in the first night of the next month in Nairobi."""
    from kernel import clock

    first = clock.nairobi_today().replace(day=1) + timedelta(days=32)
    return datetime(first.year, first.month, 1, 1, 0, tzinfo=UTC)


def _statement(rows: list[tuple[str, int, str]]) -> bytes:
    """Write the payments as the organisation portal exports them."""
    from kernel import clock

    at = clock.now().astimezone(clock.NAIROBI).strftime("%d-%m-%Y %H:%M:%S")
    head = (
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance,A/C No."
    )
    lines = [
        f"{receipt},{at},Pay Bill Online,Completed,{shillings}.00,,,{account}"
        for receipt, shillings, account in rows
    ]
    return "\n".join([f"Short Code: {_shortcode()}", head, *lines]).encode()


if __name__ == "__main__":
    sys.exit(main())
