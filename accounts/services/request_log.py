"""The rows of the request log: stored a batch at a time, forgotten after a week."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
import redis
from django.db import connection

from accounts.request_models import ApiRequest
from kernel import clock, request_log

log = logging.getLogger(__name__)

BATCH: Final = 1000
KEPT: Final = timedelta(days=7)
FORGET_BATCH: Final = 10_000
FORGET = """
    DELETE FROM accounts_apirequest WHERE id IN
        (SELECT id FROM accounts_apirequest WHERE id < %s ORDER BY id LIMIT %s)
"""


def store_requests() -> int:
    """Turn the lines that wait in Valkey into rows; doing it twice stores nothing twice."""
    stored = 0
    try:
        while stored < request_log.WAITING_MAX:
            found = request_log.waiting(BATCH)
            if not found:
                break
            rows = list(_rows(line for _ticket, line in found))
            ApiRequest.objects.bulk_create(rows, ignore_conflicts=True)
            request_log.drop([ticket for ticket, _line in found])
            stored += len(found)
    except redis.RedisError as problem:
        log.warning("request log not read: %s", problem)
    return stored


def _rows(lines: Iterable[str]) -> Iterable[ApiRequest]:
    for line in lines:
        row_id, workspace, mode, key, method, path, status, ms, name, code, at = orjson.loads(line)
        yield ApiRequest(
            id=row_id, workspace_id=workspace, mode=mode, key_id=key, method=method, path=path,
            status=status, milliseconds=ms, request_id=name, error_code=code,
            created_at=datetime.fromtimestamp(at, UTC),
        )  # fmt: skip


def forget_requests() -> int:
    """Delete the rows of more than a week ago, some thousand at a time; ids are in time's order."""
    first_kept = _first_id(clock.now() - KEPT)
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [first_kept, FORGET_BATCH])
            batch = int(cursor.rowcount)
        forgotten += batch
        if batch < FORGET_BATCH:
            return forgotten


def _first_id(moment: datetime) -> UUID:
    """Return the least UUIDv7 of a millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)
