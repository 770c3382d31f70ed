"""The report of a statement: what agreed, what did not, and why the balances differ."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Sum

from kernel.clock import NAIROBI
from wallet.models import Finding, Statement

# The order of the report; each with whether it asks for a person.
VERDICTS = (
    ("matched", "Matched"),
    ("missing", "Missing here"),
    ("extra", "Extra here"),
    ("different", "Different"),
    ("reversed", "Taken back by M-Pesa"),
    ("unreadable", "Unreadable rows"),
    ("other", "Charges, payouts and transfers"),
    ("repeated", "Repeated rows"),
    ("ignored", "Not completed"),
)
_FORMULA = ("=", "+", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the drawing: how many rows had this verdict, and how long its bar is."""

    verdict: str
    label: str
    rows: int
    minor: int
    permille: int


@dataclass(frozen=True, slots=True)
class Gap:
    """M-Pesa's closing balance beside our M-Pesa clearing account, and what explains the difference."""

    closing_minor: int
    books_minor: int
    opening_minor: int
    other_minor: int
    findings_minor: int

    @property
    def gap_minor(self) -> int:
        return self.closing_minor - self.books_minor

    @property
    def unexplained_minor(self) -> int:
        return self.gap_minor - self.opening_minor - self.other_minor - self.findings_minor


@dataclass(frozen=True, slots=True)
class Open:
    """What of one kind still waits."""

    kind: str
    status: str
    rows: int
    minor: int


def bars(statement: Statement) -> list[Bar]:
    """Return the counts of the import, the longest bar a thousand."""
    counted = {name: statement.counts.get(name, {"rows": 0, "minor": 0}) for name, _ in VERDICTS}
    most = max((each["rows"] for each in counted.values()), default=0) or 1
    return [
        Bar(
            verdict=name,
            label=label,
            rows=counted[name]["rows"],
            minor=counted[name]["minor"],
            # Few must not look like none.
            permille=-(-counted[name]["rows"] * 1000 // most),
        )
        for name, label in VERDICTS
    ]


def standing(statement: Statement) -> list[Open]:
    """Return how far the findings of a statement are."""
    rows = (
        Finding.objects.filter(statement=statement)
        .values("kind", "status")
        .annotate(rows=Count("id"), minor=Sum("stake_minor"))
        .order_by("kind", "status")
    )
    return [Open(each["kind"], each["status"], each["rows"], each["minor"] or 0) for each in rows]


def gap(statement: Statement) -> Gap | None:
    """Compare the closing balance with the ledger at that second; None without a balance."""
    if statement.closing_minor is None or statement.period_to is None:
        return None
    first = (
        Statement.objects.filter(shortcode=statement.shortcode, opening_minor__isnull=False)
        .order_by("period_from", "imported_at")
        .first()
    )
    before = 0
    if first is not None and first.opening_minor is not None and first.period_from is not None:
        before = first.opening_minor - _figure(_BOOKS_BEFORE, statement, first.period_from)
    until = statement.period_to
    return Gap(
        closing_minor=statement.closing_minor,
        books_minor=_figure(_BOOKS_UNTIL, statement, until),
        opening_minor=before,
        other_minor=_figure(_OTHER, statement, until),
        findings_minor=_figure(_FINDINGS, statement, until),
    )


def findings_csv(statement: Statement) -> str:
    """Return the findings as CSV; no cell starts what a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in findings(statement):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return text.getvalue()


def findings(statement: Statement) -> Iterator[list[str]]:
    """Return every finding of a statement as a row of text under a row of headings."""
    yield [
        "receipt", "kind", "what", "mpesa_says", "we_have", "time_eat", "stake_minor",
        "effect_minor", "status", "reason", "asked_by", "decided_by", "line",
    ]  # fmt: skip
    rows = Finding.objects.filter(statement=statement).select_related("row")
    for each in rows.order_by("kind", "occurred_at", "receipt_no").iterator():
        at = each.occurred_at
        yield [
            each.receipt_no, each.kind, each.field, each.said, each.known,
            f"{at.astimezone(NAIROBI):%Y-%m-%d %H:%M:%S}" if at else "", str(each.stake_minor),
            str(each.effect_minor), each.status, each.reason, each.asked_by, each.decided_by,
            str(each.row.line_no) if each.row else "",
        ]  # fmt: skip


# A payment counts when M-Pesa says that it was made, a correction when what it corrects happened,
# and the rest when it was booked: only so do two clocks agree on the balance of one second. Nothing
# is booked before it happens, so only what was booked later is looked up, one index at a time.
_BOOKS = """
    SELECT -sum(e.amount_minor)
      FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
     WHERE e.account = 'mpesa_clearing' AND p.mode = 'live'
       AND (p.created_at <= %(at)s::timestamptz + interval '60 days'
            OR p.kind = 'reversal' OR p.source_ref LIKE 'correction:%%')
       AND CASE WHEN p.created_at <= %(at)s::timestamptz - interval '1 hour' THEN true
           ELSE coalesce(
               CASE WHEN p.source_ref LIKE 'correction:%%' THEN (SELECT f.occurred_at
                    FROM wallet_finding f WHERE f.id = substr(p.source_ref, 12)::uuid) END,
               (SELECT f.occurred_at FROM wallet_finding f
                 WHERE f.posting_id = p.id AND f.kind <> 'missing'),
               (SELECT w.completed_at FROM wallet_statementrow w
                 WHERE w.receipt_no = p.source_ref AND w.nature = 'payment' LIMIT 1),
               (SELECT r.paid_at FROM wallet_mpesareceipt r WHERE r.receipt_no = p.source_ref),
               p.created_at) {compared} %(at)s END
"""
_BOOKS_UNTIL, _BOOKS_BEFORE = (_BOOKS.format(compared=sign) for sign in ("<=", "<"))
# Charges, payouts and transfers of every statement until then, each once; the books hold the
# payouts that we ordered.
_OTHER = """
    SELECT (SELECT coalesce(sum(amount_minor), 0) FROM wallet_refund
             WHERE way = 'b2c' AND status = 'done' AND ended_at <= %(at)s)
           + coalesce(sum(CASE direction WHEN 'in' THEN amount_minor ELSE -amount_minor END), 0)
      FROM (SELECT DISTINCT ON (w.receipt_no, w.direction, w.nature, w.amount_minor, w.completed_at)
                   w.direction, w.amount_minor
              FROM wallet_statementrow w JOIN wallet_statement s ON s.id = w.statement_id
             WHERE s.shortcode = %(shortcode)s AND w.verdict = 'other' AND w.completed_at <= %(at)s
           ) moved
"""
_FINDINGS = """
    SELECT sum(f.effect_minor)
      FROM wallet_finding f JOIN wallet_statement s ON s.id = f.statement_id
     WHERE s.shortcode = %(shortcode)s AND f.status IN ('open', 'asked', 'accepted')
       AND f.occurred_at <= %(at)s
"""


def _figure(query: str, statement: Statement, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, {"shortcode": statement.shortcode, "at": at})
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0
