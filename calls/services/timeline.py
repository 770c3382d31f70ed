"""A call's time line: numbered rows, the four public events, and the bell of the live pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from calls.models import Call, CallEvent
from kernel import bell, clock
from kernel.events import emit, plain


# A payload is the JSON of whatever happened.
def write(
    call: Call, kind: str, payload: dict[str, Any], *, occurred_at: datetime | None = None
) -> CallEvent:
    """Add the next row to the time line of a call whose lock the caller holds."""
    assert connection.in_atomic_block, "a time line row is written under the lock of its call"
    call.events_count += 1
    call.save(update_fields=["events_count", "updated_at"])
    row = CallEvent.objects.create(
        call=call,
        number=call.events_count,
        kind=kind,
        payload=payload,
        occurred_at=occurred_at or clock.now(),
    )
    ring(call, f"call:{call.id}")
    return row


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
    row = write(call, kind, shown, occurred_at=occurred_at)
    emit(
        event,
        workspace_id=call.workspace_id,
        mode=call.mode,
        call_id=call.id,
        call_number=row.number,
        occurred_at=row.occurred_at,
    )
    ring(call, "calls")


# A payload is the JSON of whatever happened.
def note(*, call_id: UUID, kind: str, payload: dict[str, Any]) -> CallEvent:
    """Add one row to the time line, for anyone to the right. Takes the lock of the call."""
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call_id)
        return write(call, kind, payload)


def ring(call: Call, topic: str) -> None:
    """Wake the pages and streams that show this topic, after commit."""
    bell.ring("live", f"{call.workspace_id}:{call.mode}:{topic}")
