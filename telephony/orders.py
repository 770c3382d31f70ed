"""Orders to the engines: rows written with their cause, sent by a gateway."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import bell
from telephony.models import Command

BELL = "engine"


# The fields are those of the engine protocol.
def write(leg_id: UUID, kind: str, *, engine_id: UUID | None = None, **fields: Any) -> Command:
    """Write one order in the caller's transaction and wake the gateway after it commits."""
    row = Command.objects.create(
        leg_id=leg_id, kind=kind, engine_id=engine_id, body={"leg": str(leg_id), **fields}
    )
    bell.ring(BELL)
    return row
