"""The three-way match of a statement's rows with our receipts and our ledger; it only reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from kernel.money import Money
from wallet.models import Finding, MpesaReceipt, StatementRow, Wallet
from wallet.mpesa.reference import normalise_reference
from wallet.mpesa.statement import Line, Statement

# A callback and the statement may tell one payment's time a little apart.
TIME_TOLERANCE = timedelta(minutes=5)
CURRENCY = "KES"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One finding before it is stored."""

    receipt_no: str
    kind: str
    field: str = ""
    said: str = ""
    known: str = ""
    line_no: int = 0
    occurred_at: datetime | None = None
    stake_minor: int = 0
    effect_minor: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        return self.receipt_no, self.kind, self.field, self.said[:80], self.known[:80]


@dataclass(slots=True)
class Judged:
    """The rows with their verdicts, and everything that did not agree."""

    lines: list[Line]
    verdicts: list[str] = field(default_factory=list)
    findings: list[Disagreement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """What we hold about one payment: the receipt, its owner's reference, and the ledger."""

    amount_minor: int
    shortcode: str
    paid_at: datetime | None
    status: str
    bill_ref_raw: str
    workspace_id: UUID | None
    reference: str
    ledger_minor: int
    corrected_minor: int

    @property
    def booked_minor(self) -> int:
        return self.amount_minor + self.corrected_minor


@dataclass(slots=True)
class _World:
    """Everything that the rows of one statement are compared with."""

    shortcode: str
    until: datetime | None
    known: dict[str, _Known]
    owners: dict[str, UUID]
    # Payments that M-Pesa took back, here or in another statement, and those that we took back.
    returned: set[str]
    reversed_at: dict[str, datetime]
    # Disagreements that somebody has dealt with.
    closed: set[tuple[str, str, str, str, str]]
    paid_here: set[str]


def judge(sheet: Statement, *, shortcode: str) -> Judged:
    """Compare every row, then name what we have and the statement does not."""
    world = _look(sheet, shortcode)
    judged = Judged(sheet.lines)
    seen: dict[tuple[str, str, str], Line] = {}
    for line in sheet.lines:
        key = (line.receipt_no, line.direction, line.nature)
        first = seen.setdefault(key, line) if line.is_completed and not line.problem else line
        verdict, found = _row(line, first, world)
        fresh = [each for each in found if each.key not in world.closed]
        judged.findings += fresh
        judged.verdicts.append(verdict if fresh or not found else "matched")
    judged.findings += [e for e in _extras(sheet, world) if e.key not in world.closed]
    return judged


def mark_verified(judged: Judged) -> None:
    """Note on each receipt that matched that M-Pesa's statement has it."""
    matched = [
        line
        for line, verdict in zip(judged.lines, judged.verdicts, strict=True)
        if verdict == "matched" and line.nature == "payment"
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [clock.now(), [e.receipt_no for e in matched], [e.completed_at for e in matched]],
        )


_MARK = """
    UPDATE wallet_mpesareceipt r
       SET sources = r.sources || '{statement}', paid_at = coalesce(r.paid_at, listed.at),
           verified_at = CASE WHEN r.verified_by = '' THEN %s ELSE r.verified_at END,
           verified_by = CASE WHEN r.verified_by = '' THEN 'statement' ELSE r.verified_by END
      FROM (SELECT unnest(%s::text[]) AS no, unnest(%s::timestamptz[]) AS at) listed
     WHERE r.receipt_no = listed.no AND NOT r.sources @> '{statement}'
"""


def _row(line: Line, first: Line, world: _World) -> tuple[str, list[Disagreement]]:
    if line.problem:
        return "unreadable", []
    if not line.is_completed:
        return "ignored", []
    if first is not line:
        return _again(line, first)
    if line.nature == "payment":
        return _payment(line, world)
    if line.nature == "reversal":
        return _reversal(line, world)
    return "other", []


def _again(line: Line, first: Line) -> tuple[str, list[Disagreement]]:
    """A row may stand twice; two that contradict each other are a finding."""
    if (line.amount_minor, line.completed_at) == (first.amount_minor, first.completed_at):
        return "repeated", []
    if line.nature not in ("payment", "reversal"):
        # One payment may cost several charges.
        return "other", []
    said = f"line {first.line_no} and line {line.line_no} differ"
    return "different", [_difference(line, "row", said, "")]


def _payment(line: Line, world: _World) -> tuple[str, list[Disagreement]]:
    ours = world.known.get(line.receipt_no)
    if ours is None and line.receipt_no in world.returned:
        return "reversed", [_finding(line, "reversed", "unseen", "paid in and taken back", "")]
    if ours is None:
        amount = line.amount_minor
        return "missing", [_finding(line, "missing", "", "", "", stake=amount, effect=amount)]
    found = _differences(line, ours, world)
    if verdict := "different" if found else "":
        return verdict, found
    if wrong := _wrong_reversal(line, ours, world):
        return "different", [wrong]
    return "matched", []


def _differences(line: Line, ours: _Known, world: _World) -> list[Disagreement]:
    found, said, booked = [], _money(line.amount_minor), ours.booked_minor
    if line.amount_minor != booked:
        gap = line.amount_minor - booked
        found.append(_difference(line, "amount", said, _money(booked), effect=gap))
    if ours.ledger_minor != ours.amount_minor:
        gap = ours.amount_minor - ours.ledger_minor
        known = f"receipt {_money(ours.amount_minor)}, ledger {_money(ours.ledger_minor)}"
        found.append(_difference(line, "ledger", said, known, effect=gap))
    if ours.shortcode != world.shortcode:
        found.append(_difference(line, "paybill", world.shortcode, ours.shortcode))
    at, here = line.completed_at, ours.paid_at
    if at and here and abs(here - at) > TIME_TOLERANCE:
        found.append(_difference(line, "time", _time(at), _time(here)))
    if not _same_account(line, ours, world):
        known = ours.bill_ref_raw or ours.reference
        found.append(_difference(line, "account", line.bill_ref, known, stake=ours.amount_minor))
    return found


def _same_account(line: Line, ours: _Known, world: _World) -> bool:
    """Compare what the payer typed; where we never heard it, whom the money went to."""
    raw = ours.bill_ref_raw
    if not line.bill_ref:
        return True
    there = normalise_reference(line.bill_ref)
    if raw:
        here = normalise_reference(raw)
        return _plain(raw) == _plain(line.bill_ref) or (here is not None and here == there)
    owner = world.owners.get(there or "")
    return owner is None or ours.workspace_id in (None, owner)


def _wrong_reversal(line: Line, ours: _Known, world: _World) -> Disagreement | None:
    """We took a payment back that M-Pesa still has."""
    booked_at = world.reversed_at.get(line.receipt_no)
    if booked_at is None or line.receipt_no in world.returned:
        return None
    if world.until is None or booked_at > world.until:
        return None
    amount = ours.amount_minor
    return _finding(
        line, "extra", "reversal", "not taken back", f"taken back on {_time(booked_at)}",
        stake=amount, effect=amount,
    )  # fmt: skip


def _reversal(line: Line, world: _World) -> tuple[str, list[Disagreement]]:
    """A row that takes a payment back, which it names."""
    target = line.linked_receipt_no
    ours = world.known.get(target)
    amount = line.amount_minor
    if ours is None and target in world.paid_here:
        # The payment's own row tells the story.
        return "reversed", []
    if ours is None:
        said = f"took back {_money(amount)}"
        return "reversed", [
            _finding(line, "reversed", "unseen", said, "never seen", stake=amount, effect=-amount)
        ]
    booked = ours.booked_minor
    if amount != booked and ours.status != "reversed":
        known = f"{_money(booked)} booked"
        found = _finding(
            line, "different", "reversal", f"took back {_money(amount)}", known, stake=amount,
            effect=-amount,
        )  # fmt: skip
        return "different", [found]
    if ours.status == "reversed":
        return "matched", []
    return "reversed", [
        _finding(line, "reversed", "", "", "", stake=amount, effect=-ours.amount_minor)
    ]


def _extras(sheet: Statement, world: _World) -> list[Disagreement]:
    """Return the payments that we booked in the statement's time and M-Pesa does not list."""
    if sheet.period_from is None or sheet.period_to is None:
        return []
    # What stands in an unreadable row is listed, only we do not know how.
    named = {line.receipt_no for line in sheet.lines if line.nature == "payment" or line.problem}
    with connection.cursor() as cursor:
        cursor.execute(
            _EXTRAS,
            {
                "shortcode": world.shortcode,
                "since": sheet.period_from,
                "until": sheet.period_to,
            },
        )
        rows = cursor.fetchall()
    return [
        Disagreement(
            receipt_no=number, kind="extra", known=f"{status}, told by {source}",
            occurred_at=moment, stake_minor=amount, effect_minor=-amount,
        )
        for number, amount, status, source, moment in rows
        if number not in named
    ]  # fmt: skip


# Pull tells no time; it lists a payment at most 48 hours after it was made.
_EXTRAS = """
    SELECT r.receipt_no, r.amount_minor, r.status, r.first_source, coalesce(r.paid_at, r.created_at)
      FROM wallet_mpesareceipt r
     WHERE r.shortcode = %(shortcode)s AND r.status <> 'reversed'
       AND CASE WHEN r.paid_at IS NULL
           THEN r.created_at BETWEEN %(since)s::timestamptz + interval '48 hours' AND %(until)s
           ELSE r.paid_at BETWEEN %(since)s AND %(until)s END
       AND NOT EXISTS (SELECT 1 FROM wallet_statementrow s
                        WHERE s.receipt_no = r.receipt_no AND s.nature = 'payment')
     ORDER BY 5, 1
"""


def _look(sheet: Statement, shortcode: str) -> _World:
    """Read in a handful of statements all that the rows are compared with."""
    numbers = sorted(
        {e.receipt_no for e in sheet.lines if not e.problem}
        | {e.linked_receipt_no for e in sheet.lines if e.linked_receipt_no}
    )
    booked, corrected = dict(_fetch(_BOOKED, numbers)), dict(_fetch(_CORRECTED, numbers))
    receipts = MpesaReceipt.objects.filter(receipt_no__in=numbers).values_list(
        "receipt_no", "amount_minor", "shortcode", "paid_at", "status", "bill_ref_raw",
        "workspace_id", "workspace__mpesa_account_ref",
    )  # fmt: skip
    known = {
        number: _Known(amount, paybill, at, status, typed, owner, reference or "",
                       booked.get(number, 0), corrected.get(number, 0))
        for number, amount, paybill, at, status, typed, owner, reference in receipts.iterator()
    }  # fmt: skip
    here = {e.linked_receipt_no for e in sheet.lines if e.nature == "reversal"}
    before = StatementRow.objects.filter(nature="reversal", linked_receipt_no__in=numbers)
    closed = Finding.objects.filter(receipt_no__in=[*numbers]).exclude(status__in=("open", "asked"))
    gone = [number for number, each in known.items() if each.status == "reversed"]
    return _World(
        shortcode=shortcode,
        until=sheet.period_to,
        known=known,
        owners=_owners(e.bill_ref for e in sheet.lines),
        returned=here | set(before.values_list("linked_receipt_no", flat=True)),
        reversed_at=dict(_fetch(_REVERSED, gone)) if gone else {},
        closed=set(closed.values_list("receipt_no", "kind", "field", "said", "known")),
        paid_here={e.receipt_no for e in sheet.lines if e.nature == "payment"},
    )


def _owners(references: Iterable[str]) -> dict[str, UUID]:
    wanted = {said for each in set(references) if (said := normalise_reference(each))}
    rows = Wallet.objects.filter(mode="live", workspace__mpesa_account_ref__in=wanted)
    return dict(rows.values_list("workspace__mpesa_account_ref", "workspace_id"))


# What the ledger says came from M-Pesa for each payment; its clearing entry is negative.
_BOOKED = """
    SELECT p.source_ref, -sum(e.amount_minor)::bigint
      FROM wallet_posting p JOIN wallet_entry e ON e.posting_id = p.id
     WHERE p.kind IN ('topup', 'suspense')
       AND p.source_ref = ANY(%s) AND e.account = 'mpesa_clearing'
     GROUP BY 1
"""
_CORRECTED = """
    SELECT f.receipt_no, -sum(e.amount_minor)::bigint
      FROM wallet_finding f JOIN wallet_entry e ON e.posting_id = f.posting_id
     WHERE f.kind = 'different' AND f.status = 'corrected' AND f.receipt_no = ANY(%s)
       AND f.field = 'amount' AND e.account = 'mpesa_clearing'
     GROUP BY 1
"""
_REVERSED = """
    SELECT r.receipt_no, min(p.created_at)
      FROM wallet_mpesareceipt r
      JOIN wallet_posting p ON p.workspace_id IS NOT DISTINCT FROM r.workspace_id
           AND p.mode = 'live' AND p.kind = 'reversal'
           AND (p.source_ref = r.receipt_no OR p.source_ref LIKE 'refund:' || r.receipt_no || '%%')
     WHERE r.receipt_no = ANY(%s)
     GROUP BY 1
"""


# Rows are pairs: a receipt and whatever is asked about it.
def _fetch(statement: str, numbers: list[str]) -> list[tuple[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [numbers])
        rows: list[tuple[str, Any]] = cursor.fetchall()
        return rows


def _finding(
    line: Line, kind: str, what: str, said: str, known: str, *, stake: int = 0, effect: int = 0
) -> Disagreement:
    return Disagreement(
        receipt_no=line.linked_receipt_no or line.receipt_no,
        kind=kind,
        field=what,
        said=said,
        known=known,
        line_no=line.line_no,
        occurred_at=line.completed_at,
        stake_minor=stake,
        effect_minor=effect,
    )


def _difference(
    line: Line, what: str, said: str, known: str, *, effect: int = 0, stake: int = 0
) -> Disagreement:
    return _finding(line, "different", what, said, known, stake=stake or abs(effect), effect=effect)


def _money(minor: int) -> str:
    return str(Money(minor, CURRENCY))


def _time(at: datetime) -> str:
    return f"{at.astimezone(clock.NAIROBI):%Y-%m-%d %H:%M:%S}"


def _plain(text: str) -> str:
    return "".join(text.split()).upper()
