"""What supervisors of a call do, as the world is told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kernel.events import event

SAMPLE = {
    "supervision_id": "01900000-0000-7000-8000-000000000041",
    "call_id": "01900000-0000-7000-8000-000000000002",
    "session_id": "HD_24d73b4518bc",
    "supervisor_leg_id": "01900000-0000-7000-8000-000000000042",
    "mode": "listen",
    "announce": "none",
    "supervisor": {
        "type": "phone",
        "identity": None,
        "number": "+254722000000",
        "label": "Team lead",
    },
    "notify_agent": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """What every event of a supervision says."""

    supervision_id: UUID
    call_id: UUID
    session_id: str
    supervisor_leg_id: UUID
    mode: str
    announce: str
    # As in the reply: type, identity, number and label.
    supervisor: dict[str, Any]
    notify_agent: bool
    state: str


@event(
    "call.supervision.started",
    doc="A supervisor is being called for a running call.",
    sample={**SAMPLE, "state": "connecting"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionStarted(Supervised):
    pass


@event(
    "call.supervision.connected",
    doc="A supervisor answered and hears the call; their time is billed from here.",
    sample={**SAMPLE, "state": "connected"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionConnected(Supervised):
    pass


@event(
    "call.supervision.mode_changed",
    doc="A supervisor listens, whispers or barges in from now on.",
    sample={**SAMPLE, "state": "connected", "mode": "whisper", "previous_mode": "listen"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionModeChanged(Supervised):
    previous_mode: str


@event(
    "call.supervision.ended",
    doc="A supervisor left, or the call ended; `seconds` is what they are billed for.",
    sample={**SAMPLE, "state": "ended", "seconds": 74},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionEnded(Supervised):
    seconds: int


@event(
    "call.supervision.failed",
    doc="A supervisor was called and did not come; nothing is billed.",
    sample={**SAMPLE, "state": "failed", "failure_reason": "no_answer"},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionFailed(Supervised):
    failure_reason: str
