"""The audit log as CSV, line by line, as long as it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from accounts.queries import actor_names
from kernel import clock
from kernel.models import AuditEntry
from kernel.spreadsheet import line, safe

COLUMNS = (
    "created_at", "action_kind", "actor", "actor_name", "subject", "before", "after", "reason",
    "request_id", "id",
)  # fmt: skip
BATCH = 500


# Django types a streamed answer beside HttpResponse, not below it.
def answer(rows: QuerySet[AuditEntry], name: str) -> Any:
    """Stream audit rows as a file; nothing is gathered in memory."""
    streamed = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    streamed.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return streamed


def lines(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    """Yield the head, then a line for each row, oldest first."""
    yield line(COLUMNS)
    ordered = iter(rows.order_by("created_at", "id").iterator(chunk_size=BATCH))
    while some := list(islice(ordered, BATCH)):
        names = actor_names(row.actor for row in some)
        for row in some:
            yield line(_cells(row, names.get(row.actor, "")))


def _cells(row: AuditEntry, actor_name: str) -> list[str]:
    return [
        clock.rfc3339(row.created_at) or "",
        row.action_kind,
        row.actor,
        safe(actor_name),
        safe(row.subject),
        _written(row.before),
        _written(row.after),
        safe(row.reason),
        row.request_id,
        str(row.id),
    ]


# Before and after are any JSON.
def _written(value: Any) -> str:
    return "" if value is None else safe(json.dumps(value, ensure_ascii=False, sort_keys=True))
