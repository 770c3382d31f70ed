"""The statement of the business as the organisation portal exports it: CSV and XLSX."""

import csv
import io
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from openpyxl import Workbook

from sandbox.daraja.checks import EAT
from sandbox.daraja.office import OPENING_UTILITY_MINOR
from sandbox.daraja.paybill import BUSINESS_NAME

HEAD = (
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info",
    "Linked Transaction ID", "A/C No.",
)  # fmt: skip
TIME = "%d-%m-%Y %H:%M:%S"
CSV_KIND = "text/csv; charset=utf-8"
XLSX_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOVED = """
    SELECT receipt, at, amount_minor AS minor, e164, reference, kind, '' AS linked FROM payment
    UNION ALL
    SELECT v.receipt, v.at, -p.amount_minor, p.e164, '', 'reversal', v.original
      FROM reversal v JOIN payment p ON p.receipt = v.original
    UNION ALL
    SELECT receipt, at, -amount_minor, e164, '', 'payout', '' FROM payout WHERE amount_minor > 0
    ORDER BY at, receipt
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """One row: what moved, and the balance after it."""

    receipt: str
    at: datetime
    minor: int
    balance_minor: int
    details: str
    reason: str
    party: str
    linked: str
    account: str

    def cells(self) -> list[str]:
        """Write the row as the portal does: thousands apart, withdrawals below zero."""
        time = self.at.strftime(TIME)
        return [
            self.receipt, time, time, self.details, "Completed",
            money(self.minor) if self.minor > 0 else "", money(self.minor) if self.minor < 0 else "",
            money(self.balance_minor), "TRUE", self.reason, self.party, self.linked, self.account,
        ]  # fmt: skip


class Export:
    """Read what moved and write it as a file."""

    def __init__(self, store: sqlite3.Connection, *, shortcode: str) -> None:
        self.store, self.shortcode = store, shortcode

    def as_csv(self, since: datetime, until: datetime) -> bytes:
        """Write newest first, under the portal's own lines and with its byte mark."""
        text = io.StringIO()
        csv.writer(text).writerows(self._lines(since, until))
        return ("\ufeff" + text.getvalue()).encode()

    def as_xlsx(self, since: datetime, until: datetime) -> bytes:
        """Write the same rows as a workbook."""
        book = Workbook(write_only=True)
        page = book.create_sheet("Organization Statement")
        for line in self._lines(since, until):
            page.append(line)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _lines(self, since: datetime, until: datetime) -> list[list[str]]:
        rows = [row for row in self._moved() if since <= row.at <= until]
        return [
            ["SAFARICOM PLC"],
            ["Organization Statement"],
            ["Organization Name:", BUSINESS_NAME],
            ["Short Code:", self.shortcode],
            ["Time Period:", f"From {since.strftime(TIME)} To {until.strftime(TIME)}"],
            [],
            list(HEAD),
            *(row.cells() for row in reversed(rows)),
        ]

    def _moved(self) -> list[Moved]:
        """Run through everything since the beginning, for the balances."""
        balance, rows = OPENING_UTILITY_MINOR, []
        for row in self.store.execute(_MOVED):
            balance += row["minor"]
            rows.append(as_moved(row, balance))
        return rows


def as_moved(row: sqlite3.Row, balance_minor: int) -> Moved:
    """Say in the portal's words what a row is."""
    party = f"{row['e164'][1:]} - WANJIKU"
    details, reason = {
        "reversal": (f"Reversal of Pay Bill transaction {row['linked']}", "Pay Bill Reversal"),
        "payout": (f"Business Payment to {party}", "Business Payment"),
    }.get(row["kind"], (f"Pay Bill from {party} Acc. {row['reference']}", "Pay Bill Online"))
    return Moved(
        receipt=row["receipt"],
        at=datetime.fromtimestamp(int(row["at"]), EAT),
        minor=row["minor"],
        balance_minor=balance_minor,
        details=details,
        reason=reason,
        party=party,
        linked=row["linked"],
        account=row["reference"],
    )


def read_day(text: str, fallback: datetime) -> datetime:
    """Read YYYY-MM-DD as the start of an East African day; raises ValueError."""
    if not text:
        return fallback
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=EAT)


def period(since: str, until: str) -> tuple[datetime, datetime]:
    """Return the first and the last second asked for: thirty days until now, or whole days."""
    now = datetime.now(EAT).replace(microsecond=0)
    first = read_day(since, (now - timedelta(days=30)).replace(hour=0, minute=0, second=0))
    if not until:
        return first, now
    return first, read_day(until, now) + timedelta(days=1) - timedelta(seconds=1)


def money(minor: int) -> str:
    """Write 1,500.00 or -1,500.00."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
