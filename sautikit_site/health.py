"""Health: is this process alive, and is everything it needs there."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from kernel import ready
from sautikit_site import processes


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while this process lives."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database, the broker and every process can serve, else 503 and what lacks."""
    lacks = missing()
    status = {"status": "waiting" if lacks else "ready", "missing": lacks}
    answer = JsonResponse(status, status=503 if lacks else 200)
    # Waiting is no error: Django would log each 503 as one.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def missing() -> list[str]:
    """Return what does not answer now: `database`, `broker`, or names of processes."""
    return [*_database_missing(), *_processes_missing()]


def _database_missing() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return ["database"]
    return []


def _processes_missing() -> list[str]:
    try:
        return ready.missing(processes.names(sandbox=settings.SANDBOX))
    except redis.RedisError:
        return ["broker"]
