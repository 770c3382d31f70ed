"""Keyset pages: newest first, a signed cursor, no counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from kernel.errors import BadRequest
from kernel.signing import make_token, read_token

Row = TypeVar("Row", bound=Model)

LIMIT_DEFAULT = 25
LIMIT_MAX = 100


def slice_rows(
    rows: QuerySet[Row], query: Mapping[str, str], *, by: str = "created_at"
) -> tuple[list[Row], str | None]:
    """Return one page of rows, newest first by (`by`, id), and the cursor of the next one.

    `query` holds `limit` (1 to 100, default 25) and `cursor`. Raises BadRequest on a bad value.
    """
    limit = read_limit(query.get("limit"))
    if cursor := query.get("cursor"):
        at, row_id = _read_cursor(cursor)
        # The first condition says nothing new, but it is the one an index can begin at.
        rows = rows.filter(**{f"{by}__lte": at})
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at}, pk__lt=row_id))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], make_token(settings.PEPPER, getattr(last, by).isoformat(), str(last.pk))


# A row serialises to JSON of its own shape.
def page(
    rows: QuerySet[Row],
    query: Mapping[str, str],
    serialize: Callable[[Row], Any],
    *,
    by: str = "created_at",
) -> dict[str, Any]:
    """Return `{"data": […], "next_cursor": text or null}`."""
    found, cursor = slice_rows(rows, query, by=by)
    return {"data": [serialize(row) for row in found], "next_cursor": cursor}


def read_limit(text: str | None) -> int:
    if text is None:
        return LIMIT_DEFAULT
    if not text.isdecimal() or not 1 <= int(text) <= LIMIT_MAX:
        raise BadRequest(fields=[("limit", f"must be a whole number from 1 to {LIMIT_MAX}")])
    return int(text)


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    parts = read_token(settings.PEPPER, cursor)
    if parts is None or len(parts) != 2:
        raise BadRequest(fields=[("cursor", "is not a cursor this list gave out")])
    return datetime.fromisoformat(parts[0]), parts[1]
