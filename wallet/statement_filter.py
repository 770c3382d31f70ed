"""What of the statement a person wants to see; it is in the address, so a view can be sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.utils.dateparse import parse_date

from kernel import clock
from wallet import queries
from wallet.chart import STATEMENT_KINDS, Kind
from wallet.models import Entry

# Money out of suspense reads as what it is to its owner: a top-up.
CHOICES = tuple(
    kind for kind in Kind if kind.value in STATEMENT_KINDS and kind != Kind.SUSPENSE_RELEASE
)


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """A kind and days in Nairobi, both ends included; what cannot be read is left out."""

    kind: str = ""
    from_on: date | None = None
    to_on: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> StatementFilter:
        """Read the filters of an address."""
        kind = query.get("kind", "")
        return cls(
            kind=kind if kind in [choice.value for choice in CHOICES] else "",
            from_on=_read_day(query.get("from", "")),
            to_on=_read_day(query.get("to", "")),
        )

    @property
    def is_on(self) -> bool:
        return bool(self.kind or self.from_on or self.to_on)

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        parts = {"kind": self.kind, "from": self.from_on, "to": self.to_on}
        return urlencode({name: str(value) for name, value in parts.items() if value})

    @property
    def name(self) -> str:
        """What a file with these rows is called."""
        days = [str(day) for day in (self.from_on, self.to_on) if day]
        return "-".join(["statement", *filter(None, [self.kind]), *days])

    def rows(self, workspace_id: UUID, mode: str) -> QuerySet[Entry]:
        """Return the entries that were asked for, unordered."""
        kinds = [self.kind] if self.kind else None
        if self.kind == Kind.TOPUP:
            kinds = [Kind.TOPUP.value, Kind.SUSPENSE_RELEASE.value]
        return queries.statement(
            workspace_id,
            mode,
            kinds=kinds,
            since=_start(self.from_on) if self.from_on else None,
            until=_start(self.to_on) + timedelta(days=1) if self.to_on else None,
        )


def _read_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.NAIROBI)
