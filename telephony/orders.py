"""Orders to the engines: rows written with their cause, sent by a gateway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from kernel import bell, clock, rows
from telephony.models import Command, Engine

BELL = "engine"
KEPT = timedelta(days=2)


# The fields are those of the engine protocol.
def write(leg_id: UUID, kind: str, *, engine_id: UUID | None = None, **fields: Any) -> None:
    """Write one order in the caller's transaction and wake the gateway after it commits."""
    body = {"leg": str(leg_id), **fields}
    rows.insert(Command(leg_id=leg_id, kind=kind, engine_id=engine_id, body=body), waits=False)
    bell.ring(BELL)


def forget_old() -> int:
    """Delete sent orders and closed engines that nobody asks about any more."""
    limit = clock.now() - KEPT
    gone, _ = Command.objects.filter(sent_at__lt=limit).delete()
    Engine.objects.filter(closed_at__lt=limit).delete()
    return gone
