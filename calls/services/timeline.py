"""A call's time line: numbered rows, the four public events, and the bell of the live pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from calls.models import Call
from calls.services.locking import lock_call
from kernel import bell, clock, rows
from kernel.events import emit, plain
from kernel.ids import uuid7

# The number is the next one: nobody else writes under the lock of the call.
_WRITE = """
    INSERT INTO calls_callevent (id, call_id, number, kind, payload, occurred_at, created_at)
    SELECT %(id)s, %(call)s, coalesce(max(number), 0) + 1, %(kind)s, %(payload)s::jsonb,
           %(occurred_at)s, %(now)s
      FROM calls_callevent WHERE call_id = %(call)s
"""
_NUMBER = "(SELECT max(number) FROM calls_callevent WHERE call_id = %s)"


# A payload is the JSON of whatever happened.
def write(
    call: Call,
    kind: str,
    payload: dict[str, Any],
    *,
    occurred_at: datetime | None = None,
) -> None:
    """Add the next row to the time line of a call whose lock the caller holds; nobody waits for it."""
    assert connection.in_atomic_block, "a time line row is written under the lock of its call"
    now = clock.now()
    columns: dict[str, Any] = {
        "id": uuid7(),
        "call": call.id,
        "kind": kind,
        "payload": json.dumps(payload),
        "occurred_at": occurred_at or now,
        "now": now,
    }
    rows.later(_WRITE, columns)
    ring(call, f"call:{call.id}")


def announce(
    call: Call,
    event: object,
    *,
    kind: str,
    occurred_at: datetime | None = None,
    withheld: Iterable[str] = (),
) -> None:
    """Write a public event: one time-line row and one outbox row with the same number.

    The time line does not show the fields that are `withheld`.
    """
    shown = {name: it for name, it in plain(event).items() if name not in withheld}
    happened_at = occurred_at or clock.now()
    write(call, kind, shown, occurred_at=happened_at)
    emit(
        event,
        workspace_id=call.workspace_id,
        mode=call.mode,
        call_id=call.id,
        call_number=rows.Value(_NUMBER, [call.id]),
        occurred_at=happened_at,
        waits=False,
    )
    ring(call, "calls")


# A payload is the JSON of whatever happened.
def note(*, call_id: UUID, kind: str, payload: dict[str, Any]) -> None:
    """Add one row to the time line, for anyone to the right. Takes the lock of the call."""
    with transaction.atomic(savepoint=False):
        write(lock_call(call_id), kind, payload)


def ring(call: Call, topic: str) -> None:
    """Wake the pages and streams that show this topic, after commit."""
    bell.ring("live", f"{call.workspace_id}:{call.mode}:{topic}")
