"""Reconciliation: a statement of M-Pesa is kept as it is and matched with receipts and ledger."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from kernel import audit, clock
from kernel.errors import Problem
from wallet.errors import StatementRefused
from wallet.models import Finding, MpesaReceipt, Statement, StatementRow
from wallet.mpesa import statement as parser
from wallet.services import corrections, matching
from wallet.states import FINDING

log = logging.getLogger(__name__)

FILE_MAX_BYTES = 32 * 1024 * 1024
BATCH = 2000
# One import at a time: two that overlap would find the same things twice.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('wallet.statement'))"
SMALL_REASON = "The statement has it and we did not"


def import_statement(*, name: str, raw: bytes, actor: str) -> tuple[Statement, bool]:
    """Keep a statement, match each row, and land the missing payments that need nobody else.

    Returns the statement and whether it is new. Idempotent by content: the same file again changes
    nothing, and an overlapping one finds nothing twice. Raises StatementRefused.
    """
    if len(raw) > FILE_MAX_BYTES:
        raise StatementRefused(reason="The file is larger than 32 MB; export a shorter period.")
    digest = hashlib.sha256(raw).hexdigest()
    known = Statement.objects.filter(sha256=digest).first()
    if known is None:
        known, is_new = _keep(name, raw, digest, actor)
    else:
        is_new = False
    _land_missing(known, actor)
    settle_findings()
    return known, is_new


def settle_findings() -> int:
    """Close what came right by itself: a late message, a later statement, a reversal booked since."""
    waiting = Finding.objects.filter(status__in=("open", "asked"))
    receipts = dict(
        MpesaReceipt.objects.filter(receipt_no__in=waiting.values("receipt_no")).values_list(
            "receipt_no", "status"
        )
    )
    listed = StatementRow.objects.filter(receipt_no__in=waiting.values("receipt_no"))
    paid = set(listed.filter(nature="payment").values_list("receipt_no", flat=True))
    returned = set(
        StatementRow.objects.filter(
            nature="reversal", linked_receipt_no__in=waiting.values("receipt_no")
        ).values_list("linked_receipt_no", flat=True)
    )
    settled = 0
    for each in waiting:
        status = receipts.get(each.receipt_no)
        is_right = {
            ("missing", ""): status is not None,
            ("reversed", ""): status == "reversed",
            ("extra", ""): status == "reversed" or each.receipt_no in paid,
            ("extra", "reversal"): each.receipt_no in returned,
        }.get((each.kind, each.field), False)
        if is_right:
            settled += FINDING.apply(each, "settle", decided_at=clock.now())
    return settled


def _keep(name: str, raw: bytes, digest: str, actor: str) -> tuple[Statement, bool]:
    try:
        sheet = parser.parse_statement(raw)
    except parser.Unreadable as problem:
        raise StatementRefused(reason=f"This is no M-Pesa statement: {problem}.") from None
    ours = settings.DARAJA_SHORTCODE
    if sheet.shortcode and sheet.shortcode != ours:
        raise StatementRefused(reason=f"This is the statement of {sheet.shortcode}, not of {ours}.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)
        known = Statement.objects.filter(sha256=digest).first()
        if known is not None:
            return known, False
        judged = matching.judge(sheet, shortcode=ours)
        made = Statement.objects.create(
            name=name[-200:] or "statement",
            sha256=digest,
            raw=raw,
            shortcode=ours,
            period_from=sheet.period_from,
            period_to=sheet.period_to,
            opening_minor=sheet.opening_minor,
            closing_minor=sheet.closing_minor,
            rows_count=len(sheet.lines),
            breaks=sheet.breaks,
            counts=_counts(judged),
            imported_by=actor,
        )
        _write_rows(made, judged)
        matching.mark_verified(judged)
        audit.record(
            "wallet.statement_imported", actor=actor, subject=made.id, after=made.counts,
            reason=made.name,
        )  # fmt: skip
    return made, True


# Counts are JSON: verdict to rows and money.
def _counts(judged: matching.Judged) -> dict[str, Any]:
    rows: Counter[str] = Counter()
    minor: Counter[str] = Counter()
    for line, verdict in zip(judged.lines, judged.verdicts, strict=True):
        rows[verdict] += 1
        minor[verdict] += line.amount_minor
    for each in judged.findings:
        if each.kind == "extra":
            rows["extra"] += 1
            minor["extra"] += each.stake_minor
    return {verdict: {"rows": rows[verdict], "minor": minor[verdict]} for verdict in rows}


def _write_rows(made: Statement, judged: matching.Judged) -> None:
    """Copy the rows in one stream, then store what did not agree with the row that shows it."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as stream:
        for line, verdict in zip(judged.lines, judged.verdicts, strict=True):
            stream.write_row(
                (made.id, line.line_no, line.receipt_no, line.direction, line.nature,
                 line.amount_minor, line.completed_at, line.balance_minor, line.bill_ref,
                 line.msisdn, line.linked_receipt_no, line.details, verdict, line.problem)
            )  # fmt: skip
    wanted = [each.line_no for each in judged.findings]
    found = StatementRow.objects.filter(statement=made, line_no__in=wanted)
    row_ids = dict(found.values_list("line_no", "id"))
    Finding.objects.bulk_create(
        (
            Finding(
                statement=made,
                row_id=row_ids.get(each.line_no),
                receipt_no=each.receipt_no,
                kind=each.kind,
                field=each.field,
                said=each.said[:80],
                known=each.known[:80],
                occurred_at=each.occurred_at,
                stake_minor=each.stake_minor,
                effect_minor=each.effect_minor,
            )
            for each in judged.findings
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


_COPY = """
    COPY wallet_statementrow (statement_id, line_no, receipt_no, direction, nature, amount_minor,
        completed_at, balance_minor, bill_ref, msisdn, linked_receipt_no, details, verdict, problem)
    FROM STDIN
"""


def _land_missing(statement: Statement, actor: str) -> None:
    """Land what one person may land, each in a transaction of its own; the rest waits for two."""
    waiting = Finding.objects.filter(
        statement=statement,
        kind="missing",
        status="open",
        stake_minor__lte=settings.CLAIM_ALONE_MAX_MINOR,
    )
    for each in waiting.order_by("occurred_at", "id"):
        try:
            corrections.ask_correction(each.id, reason=SMALL_REASON, actor=actor)
        except Problem as problem:
            # It stays open for a person; the others must not wait for it.
            log.error("receipt %s could not be landed: %s", each.receipt_no, problem)
