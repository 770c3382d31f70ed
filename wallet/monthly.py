"""What a stretch of a wallet's ledger says on paper: supplies with their VAT, movements, days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from wallet.chart import Kind
from wallet.tax import supply_of

# The whole of a posting is what moved the wallet and what moved the debt beside it.
_BY_KIND = """
    SELECT p.kind, e.amount_minor + coalesce(r.amount_minor, 0) >= 0 AS is_in, p.vat_minor > 0,
           count(*), sum(p.net_minor)::bigint, sum(p.vat_minor)::bigint,
           sum(e.amount_minor)::bigint, sum(coalesce(r.amount_minor, 0))::bigint
      FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
      LEFT JOIN wallet_entry r ON r.posting_id = p.id AND r.account = 'receivable'
     WHERE e.wallet_id = %s AND e.id > %s AND e.id <= %s
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_BY_DAY = """
    SELECT (p.created_at AT TIME ZONE interval '+03:00')::date AS day,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0), 0)::bigint,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.amount_minor < 0), 0)::bigint,
           (array_agg(e.balance_after_minor ORDER BY e.id DESC))[1], max(e.id)
      FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
     WHERE e.wallet_id = %s AND e.id > %s AND e.id <= %s
     GROUP BY 1 ORDER BY 5
"""
_BALANCE_AT = "SELECT balance_after_minor FROM wallet_entry WHERE wallet_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries of a wallet after one, up to and with another."""

    wallet_id: UUID
    after_entry_id: int
    last_entry_id: int

    @property
    def _key(self) -> list[UUID | int]:
        return [self.wallet_id, self.after_entry_id, self.last_entry_id]


def start_of(month: str) -> datetime:
    """Return the first moment of YYYY-MM in Nairobi."""
    return datetime.combine(first_day(month), time(), clock.NAIROBI)


def end_of(month: str) -> datetime:
    """Return the first moment after YYYY-MM in Nairobi."""
    return start_of(next_month(month))


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    return first_day(next_month(month)) - timedelta(days=1)


def next_month(month: str) -> str:
    return month_of(first_day(month) + timedelta(days=31))


def month_of(day: date) -> str:
    """Name the month of a day."""
    return f"{day:%Y-%m}"


# The values are those of a document's JSON.
def facts_of(stretch: Stretch) -> dict[str, Any]:
    """Return the sums of a stretch; rows are added up and nothing is computed anew."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_KIND, stretch._key)
        groups = cursor.fetchall()
        cursor.execute(_BY_DAY, stretch._key)
        days = cursor.fetchall()
    supplies = [line for line in (_supply_line(*group) for group in groups) if line]
    opening = _balance_at(stretch.wallet_id, stretch.after_entry_id)
    return {
        "opening_minor": opening,
        "closing_minor": opening + sum(wallet for *_, wallet, _owed in groups),
        "owed_change_minor": -sum(owed for *_, owed in groups),
        "supplies": supplies,
        "net_minor": sum(line["net_minor"] for line in supplies),
        "vat_minor": sum(line["vat_minor"] for line in supplies),
        "gross_minor": sum(line["gross_minor"] for line in supplies),
        "movements": _movements(groups),
        "days": [
            {"on": day.isoformat(), "in_minor": paid, "out_minor": spent, "closing_minor": left}
            for day, paid, spent, left, _last in days
        ],
    }


# A row of the statement above.
def _supply_line(
    kind: str, is_in: bool, _taxed: bool, count: int, net: int, vat: int, _wallet: int, _owed: int
) -> dict[str, Any] | None:
    supply = supply_of(kind, vat)
    if supply is None:
        return None
    # What was credited again stands against what was sold.
    sign = -1 if is_in else 1
    return {
        "kind": kind,
        "count": count,
        "net_minor": sign * net,
        "vat_minor": sign * vat,
        "gross_minor": sign * (net + vat),
        "tax_type": supply.tax_type,
        "rate_basis_points": supply.rate_basis_points,
        "item_class": supply.item_class,
    }


# Rows of the statement above.
def _movements(groups: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, bool], dict[str, Any]] = {}
    for kind, is_in, _taxed, count, _net, _vat, wallet, owed in groups:
        word = Kind.TOPUP.value if kind == Kind.SUSPENSE_RELEASE else kind
        line = found.setdefault((word, is_in), {"kind": word, "count": 0, "amount_minor": 0})
        line["count"] += count
        line["amount_minor"] += wallet + owed
    return sorted(found.values(), key=lambda line: (line["amount_minor"] < 0, line["kind"]))


def _balance_at(wallet_id: UUID, entry_id: int) -> int:
    if not entry_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE_AT, [wallet_id, entry_id])
        (balance,) = cursor.fetchone()
    return int(balance)
