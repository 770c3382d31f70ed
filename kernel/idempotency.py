"""Idempotency-Key: the effect and its reply commit together, so a retry finds both or neither."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock, work
from kernel.errors import BadRequest, IdempotencyConflict, IdempotencyInProgress
from kernel.models import Reply

View = TypeVar("View", bound=Callable[..., Response])

KEPT = timedelta(hours=24)
WAIT_MS = 5_000


def whole_body(request: Request) -> bytes:
    """Return what was sent, to the byte."""
    return request._request.body


def idempotent(
    *, secret_fields: tuple[str, ...] = (), contents: Callable[[Request], bytes] = whole_body
) -> Callable[[View], View]:
    """Make a POST method replayable; a stored reply has its `secret_fields` set to null.

    Two requests are the same when their `contents` are: not those bytes that differ at each try.

    The key row is inserted first, in the transaction of the effect: a duplicate in flight waits on
    its unique index, a Problem rolls it back (only 2xx is stored), a kill leaves nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def replayable(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            raw = contents(request)
            key = _key(request)
            if key is None:
                with transaction.atomic():
                    return view(self, request, *args, **kwargs)
            mark = _fingerprint(request, raw)
            with transaction.atomic():
                row, stored = _claim(request, key, mark)
                if stored is not None:
                    return stored
                reply = view(self, request, *args, **kwargs)
                body = reply.data
                if isinstance(body, dict):
                    body = body | {name: None for name in secret_fields if name in body}
                Reply.objects.filter(id=row.id).update(status=reply.status_code, body=body)
                return reply

        replayable.is_idempotent = True  # type: ignore[attr-defined]  # The OpenAPI file reads it.
        return replayable  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255 or any(not 33 <= ord(c) <= 126 for c in key):
        raise BadRequest(fields=[("Idempotency-Key", "must be 1 to 255 visible ASCII characters")])
    return key


def _fingerprint(request: Request, raw: bytes) -> str:
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + raw).hexdigest()


def _claim(request: Request, key: str, mark: str) -> tuple[Reply, Response | None]:
    """Insert the key row, or return what the first request with this key answered."""
    identity = {"workspace_id": request.workspace.id, "mode": request.mode, "key": key}  # type: ignore[attr-defined]
    row = Reply(**identity, fingerprint=mark)
    if _insert(row):
        return row, None
    first = Reply.objects.get(**identity)
    if first.fingerprint != mark:
        raise IdempotencyConflict()
    return first, Response(first.body, first.status, headers={"Idempotent-Replay": "true"})


# A key that is older than a day is free again, so its row is taken over.
_INSERT = """
    WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %s, true) AS is_set)
    INSERT INTO kernel_reply (id, workspace_id, mode, key, fingerprint, status, body, created_at)
    SELECT %s, %s, %s, %s, %s, NULL, NULL, now() FROM patience WHERE is_set IS NOT NULL
    ON CONFLICT (workspace_id, mode, key) DO UPDATE
       SET id = EXCLUDED.id, fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status,
           body = EXCLUDED.body, created_at = EXCLUDED.created_at
     WHERE kernel_reply.created_at < %s
    RETURNING id
"""


def _insert(row: Reply) -> bool:
    """Take the key in one statement; False when somebody has it. Waits for one in flight."""
    values = (
        f"{WAIT_MS}ms", row.id, row.workspace_id, row.mode, row.key, row.fingerprint,
        clock.now() - KEPT,
    )  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
            return cursor.fetchone() is not None
    except OperationalError:
        raise IdempotencyInProgress(headers={"Retry-After": "1"}) from None


@work.periodic("kernel.forget_replies", every=timedelta(hours=1))
def forget_replies() -> str:
    """Delete the replies that are older than a day."""
    gone, _ = Reply.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return f"{gone} replies forgotten"
