"""Lists of calls as CSV files: written by a worker in turns, kept for a day, opened by a link."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from calls.call_filter import CallFilter
from calls.desk_models import Export
from calls.models import Call
from calls.states import EXPORT
from kernel import audit, bell, clock, limits
from kernel.money import Money
from kernel.spreadsheet import line, safe
from kernel.work import enqueue

log = logging.getLogger(__name__)

# So many rows are in memory at once, and so many are written before other work has its turn.
PAGE_ROWS: Final = 2_000
TURN_PAGES: Final = 10
KEPT: Final = timedelta(hours=24)
REMEMBERED: Final = timedelta(days=30)
# A workspace may ask for six in a row and then for one every hundred seconds.
ASK_BURST: Final = 6
ASK_PER_SECOND: Final = 0.01

# A search long enough to name somebody.
NUMBER: Final = re.compile(r"[+0-9 ().-]{8,}")
FORGET: Final = "calls.forget_exports"

COLUMNS: Final = (
    "created_at", "call_id", "session_id", "direction", "from", "to", "status", "failure_code",
    "hangup_cause", "answered_at", "ended_at", "duration_seconds", "currency", "cost",
    "rate_per_minute", "client_request_id",
)  # fmt: skip


def ask_export(
    *, workspace_id: UUID, mode: str, wanted: CallFilter, actor: str, request_id: str = ""
) -> Export:
    """Begin an export; the same list that is being written is the answer to who asks again.

    Raises RateLimited.
    """
    open_ones = Export.objects.filter(
        workspace_id=workspace_id, mode=mode, query=wanted.query, state__in=("waiting", "running")
    )
    if found := open_ones.first():
        return found
    limits.require(f"exports:{workspace_id}", rate_per_second=ASK_PER_SECOND, burst=ASK_BURST)
    with transaction.atomic():
        row = Export.objects.create(
            workspace_id=workspace_id, mode=mode, query=wanted.query, actor=actor
        )
        audit.record(
            "calls.exported",
            actor=actor,
            subject=row.id,
            workspace_id=workspace_id,
            # The log is never changed, and whoever is searched for may ask to be forgotten.
            after={"filters": _without_number(wanted), "mode": mode},
            request_id=request_id,
        )
        enqueue("calls.write_export", row.id)
    return row


def _without_number(wanted: CallFilter) -> str:
    is_number = NUMBER.fullmatch(wanted.q) is not None
    q = f"{wanted.q[:-6]}...{wanted.q[-3:]}" if is_number else wanted.q
    return replace(wanted, q=q).query


def write_export(export_id: UUID) -> datetime | None:
    """Write one turn of a file and say when to go on; a turn that died is written again."""
    row = Export.objects.filter(pk=export_id).first()
    if row is None or not EXPORT.apply(row, "begin"):
        return None
    if row.rows_total is None:
        row.rows_total = _rows(row).count()
        row.save(update_fields=["rows_total"])
    is_done = _write_turn(row)
    if is_done:
        row.file.with_suffix(".part").replace(row.file)
        EXPORT.apply(row, "finish", ready_at=clock.now())
    _ring(row)
    return None if is_done else clock.now()


def _write_turn(row: Export) -> bool:
    """Add some pages behind what is known to be whole; True when nothing is left."""
    part = row.file.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    if not part.exists():
        row.size_bytes, row.rows_done, row.last_at, row.last_id = 0, 0, None, None
    with part.open("r+b" if row.size_bytes else "wb") as file:
        file.truncate(row.size_bytes)
        file.seek(row.size_bytes)
        if not row.size_bytes:
            file.write(line(COLUMNS).encode())
        for _page in range(TURN_PAGES):
            calls = _page_after(row)
            file.writelines(text.encode() for text in _lines(calls))
            file.flush()
            _keep_place(row, calls, size_bytes=file.tell())
            if len(calls) < PAGE_ROWS:
                return True
    return False


def _rows(row: Export) -> QuerySet[Call]:
    wanted = CallFilter.read(dict(parse_qsl(row.query)))
    return wanted.rows(row.workspace_id, row.mode).filter(created_at__lt=row.created_at)


def _page_after(row: Export) -> list[Call]:
    rows = _rows(row)
    if row.last_at is not None:
        rows = rows.filter(created_at__gte=row.last_at)
        rows = rows.filter(Q(created_at__gt=row.last_at) | Q(pk__gt=row.last_id))
    return list(rows.order_by("created_at", "pk")[:PAGE_ROWS])


def _keep_place(row: Export, calls: list[Call], *, size_bytes: int) -> None:
    row.size_bytes = size_bytes
    row.rows_done += len(calls)
    if calls:
        row.last_at, row.last_id = calls[-1].created_at, calls[-1].pk
    row.save(update_fields=["size_bytes", "rows_done", "last_at", "last_id"])
    _ring(row)


def _ring(row: Export) -> None:
    bell.ring("live", f"{row.workspace_id}:{row.mode}:export:{row.id}")


def _lines(calls: list[Call]) -> Iterator[str]:
    for call in calls:
        yield line(
            (
                clock.rfc3339(call.created_at) or "",
                str(call.id),
                call.session_id,
                call.direction,
                safe(call.from_e164),
                safe(call.to_e164),
                call.status,
                call.failure_code or "",
                safe(call.hangup_cause or ""),
                clock.rfc3339(call.answered_at) or "",
                clock.rfc3339(call.ended_at) or "",
                "" if call.duration_seconds is None else str(call.duration_seconds),
                call.cost_currency,
                "" if call.cost_minor is None else _amount(call.cost_minor),
                _amount(call.rate_minor_per_minute),
                safe(call.client_request_id or ""),
            )
        )


def _amount(minor: int) -> str:
    return str(Money(minor, "")).strip().replace(",", "")


def expire_exports() -> int:
    """Delete the files of more than a day ago, and a month later what is known of them."""
    old = Export.objects.filter(state="ready", ready_at__lt=clock.now() - KEPT)
    expired = 0
    for row in old:
        if EXPORT.apply(row, "expire"):
            row.file.unlink(missing_ok=True)
            expired += 1
    Export.objects.filter(state="expired", created_at__lt=clock.now() - REMEMBERED).delete()
    return expired


def forget_files(call_ids: Iterable[UUID]) -> int:
    """Have the lists deleted that may name who was in these calls; in the caller's transaction."""
    calls = Call.objects.filter(pk__in=list(call_ids)).order_by()
    whose = list(calls.values_list("workspace_id", "mode").distinct())
    for workspace_id, mode in whose:
        enqueue(FORGET, f"{workspace_id}:{mode}")
    kept = Export.objects.filter(state__in=("running", "ready"))
    return sum(kept.filter(workspace_id=each, mode=mode).count() for each, mode in whose)


def drop_files(workspace_id: UUID, mode: str) -> int:
    """Delete every list of a workspace and mode; one that is being written begins again."""
    rows = Export.objects.filter(
        workspace_id=workspace_id, mode=mode, state__in=("running", "ready")
    )
    for row in rows:
        # In this order: a worker that is about to finish names the first like the second.
        row.file.with_suffix(".part").unlink(missing_ok=True)
        row.file.unlink(missing_ok=True)
        EXPORT.apply(row, "expire")
    return len(rows)
