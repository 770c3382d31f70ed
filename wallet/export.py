"""The statement as CSV, line by line, as long as it may be."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from kernel import clock
from kernel.money import Money
from kernel.spreadsheet import line, safe
from wallet.chart import Kind
from wallet.models import Entry

COLUMNS = (
    "created_at", "kind", "description", "currency", "amount", "net", "vat", "balance_after", "id",
    "call_id", "number_id", "topup_id",
)  # fmt: skip
BATCH = 2000


def lines(rows: QuerySet[Entry]) -> Iterator[str]:
    """Yield the head, then a line for each entry, oldest first."""
    yield line(COLUMNS)
    for entry in rows.select_related("posting").order_by("id").iterator(chunk_size=BATCH):
        yield line(_cells(entry))


def _cells(entry: Entry) -> list[str]:
    posting = entry.posting
    is_release = posting.kind == Kind.SUSPENSE_RELEASE
    return [
        clock.rfc3339(posting.created_at) or "",
        Kind.TOPUP.value if is_release else posting.kind,
        safe(posting.description),
        posting.currency,
        _amount(entry.amount_minor),
        _amount(posting.net_minor),
        _amount(posting.vat_minor),
        _amount(entry.balance_after_minor or 0),
        str(posting.id),
        *(str(each or "") for each in (posting.call_id, posting.number_id, posting.topup_id)),
    ]


def _amount(minor: int) -> str:
    return str(Money(minor, "")).strip().replace(",", "")
