"""What a call tells the world: four public events, exactly one of the last two per call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.events import event

OPTIONAL = {"optional": True}
SAMPLE_ID = "01900000-0000-7000-8000-000000000001"
SAMPLE_CALL = {
    "call_id": "01900000-0000-7000-8000-000000000002",
    "direction": "outbound",
    "from": "+254200000000",
    "to": "+254712345678",
    "number_id": SAMPLE_ID,
    "pbx_call_id": "HD_24d73b4518bc",
    "clientRequestId": "order-1842",
}
SAMPLE_TIMES = {
    "answered_at": "2026-11-22T09:00:08.000Z",
    "ended_at": "2026-11-22T09:00:54.200Z",
}


@event(
    "call.started",
    doc="A call began: ours is being dialled, or someone is ringing your number.",
    sample={**SAMPLE_CALL, "status": "started"},
)
@dataclass(frozen=True, slots=True)
class CallStarted:
    call_id: UUID
    direction: str
    from_: str
    to: str
    number_id: UUID
    status: str
    pbx_call_id: str
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event(
    "call.answered",
    doc="The far end answered; talk time counts from `answered_at`.",
    sample={
        **SAMPLE_CALL,
        "status": "answered",
        "answered_at": SAMPLE_TIMES["answered_at"],
    },
)
@dataclass(frozen=True, slots=True)
class CallAnswered:
    call_id: UUID
    direction: str
    from_: str
    to: str
    number_id: UUID
    status: str
    pbx_call_id: str
    answered_at: datetime
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event(
    "call.completed",
    doc="An answered call ended; the payload carries its length and cost.",
    sample={
        **SAMPLE_CALL,
        **SAMPLE_TIMES,
        "status": "completed",
        "call_status": "completed",
        "duration_seconds": 47,
        "cost_minor": 235,
        "currency": "KES",
        "hangup_cause": "normal_clearing",
    },
)
@dataclass(frozen=True, slots=True)
class CallCompleted:
    call_id: UUID
    direction: str
    from_: str
    to: str
    number_id: UUID
    status: str
    call_status: str
    pbx_call_id: str
    answered_at: datetime
    ended_at: datetime
    duration_seconds: int
    cost_minor: int
    currency: str
    hangup_cause: str
    failure_code: str | None = field(default=None, metadata=OPTIONAL)
    q850_cause: int | None = field(default=None, metadata=OPTIONAL)
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event(
    "call.failed",
    doc="A call ended without a conversation, or broke; `failure_reason` says why.",
    sample={
        **SAMPLE_CALL,
        "status": "failed",
        "call_status": "no_answer",
        "failure_reason": "no_answer",
        "hangup_cause": "no_answer",
        "sip_code": 480,
        "q850_cause": 19,
        "ended_at": SAMPLE_TIMES["ended_at"],
    },
)
@dataclass(frozen=True, slots=True)
class CallFailed:
    call_id: UUID
    direction: str
    from_: str
    to: str
    number_id: UUID
    status: str
    call_status: str
    pbx_call_id: str
    failure_reason: str
    hangup_cause: str
    ended_at: datetime
    answered_at: datetime | None = field(default=None, metadata=OPTIONAL)
    duration_seconds: int | None = field(default=None, metadata=OPTIONAL)
    cost_minor: int | None = field(default=None, metadata=OPTIONAL)
    currency: str | None = field(default=None, metadata=OPTIONAL)
    sip_code: int | None = field(default=None, metadata=OPTIONAL)
    q850_cause: int | None = field(default=None, metadata=OPTIONAL)
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event(
    "recording.ready",
    doc="A recording is stored; `download_url` needs no key and works until `expires_at`.",
    sample={
        "call_id": SAMPLE_CALL["call_id"],
        "number_id": SAMPLE_ID,
        "recording_id": "01900000-0000-7000-8000-000000000005",
        "duration_seconds": 46,
        "size_bytes": 368_044,
        "download_url": "https://api.sautikit.com/recordings/MDE5MDAwMDAtMDAwMC03MDAw.wav",
        "expires_at": "2026-11-22T10:00:56.100Z",
    },
)
@dataclass(frozen=True, slots=True)
class RecordingReady:
    call_id: UUID
    number_id: UUID
    recording_id: UUID
    duration_seconds: int
    size_bytes: int
    download_url: str
    expires_at: datetime


@event(
    "storage.tier_changed",
    doc="The workspace keeps its recordings in another storage tier from now on.",
    sample={
        "previous_tier_gb": 5,
        "new_tier_gb": 50,
        "direction": "upgrade",
        "effective_at": "2026-11-22T09:00:00.000Z",
    },
)
@dataclass(frozen=True, slots=True)
class StorageTierChanged:
    previous_tier_gb: int
    new_tier_gb: int
    direction: str
    effective_at: datetime
