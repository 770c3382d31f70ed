"""What was asked of /v1: a line each towards the log, sent to Valkey and never waited for.

Nothing here may fail a request or slow it down: a line that is lost is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
import redis
from django.http import HttpRequest, HttpResponse

from kernel import bell, ids

log = logging.getLogger(__name__)

STREAM: Final = "requests"
PREFIX: Final = "/v1/"
# What waits in Valkey at most, when nobody stores it.
WAITING_MAX: Final = 20_000
PATH_MAX: Final = 300
# After Valkey failed, nothing is sent to it for a while.
REST_SECONDS: Final = 5.0

_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is: the door that knows puts it on the request as `caller`."""

    workspace_id: UUID
    mode: str
    key_id: UUID | None = None


def request_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Time each request to the API and note it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return get_response(request)
        began = time.perf_counter_ns()
        response = get_response(request)
        note(request, response.status_code, (time.perf_counter_ns() - began) // 1_000_000)
        return response

    return middleware


def note(request: HttpRequest, status: int, milliseconds: int) -> None:
    """Send one line towards the log; a request of nobody has no log to stand in."""
    caller = _caller(request)
    if caller is None:
        return
    line = orjson.dumps(
        (
            str(ids.uuid7()),
            str(caller.workspace_id),
            caller.mode,
            str(caller.key_id) if caller.key_id else None,
            (request.method or "")[:8],
            # Without its query, where tokens may be.
            request.path[:PATH_MAX],
            status,
            milliseconds,
            getattr(request, "request_id", ""),
            getattr(request, "problem_code", ""),
            time.time(),
        )
    )
    _send(line)


# Both kinds of doors write what no request class of Django declares.
def _caller(request: Any) -> Caller | None:
    found: Caller | None = getattr(request, "caller", None)
    if found is None and getattr(request, "workspace", None) is not None:
        return Caller(request.workspace.id, request.mode)
    return found


def _send(line: bytes) -> None:
    """Write to a connection that is told not to answer: nothing is waited for."""
    if getattr(_thread, "rests_until", 0.0) > time.monotonic():
        return
    try:
        bell.tell(("XADD", STREAM, "MAXLEN", "~", WAITING_MAX, "*", "r", line))
    except redis.RedisError as problem:
        log.warning("request log not written: %s", problem)
        _thread.rests_until = time.monotonic() + REST_SECONDS


def waiting(at_most: int) -> list[tuple[str, str]]:
    """Return (ticket, line) of the oldest lines that nobody has stored. Raises redis.RedisError."""
    # The client's type knows both its answers, the plain one and the awaited one.
    found: Any = bell.client().xrange(STREAM, count=at_most)
    return [(ticket, fields["r"]) for ticket, fields in found]


def drop(tickets: list[str]) -> None:
    """Forget lines that are stored. Raises redis.RedisError."""
    bell.client().xdel(STREAM, *tickets)
