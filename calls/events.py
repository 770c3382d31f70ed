"""What a call tells the world: four public events, exactly one of the last two per call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.events import event

OPTIONAL = {"optional": True}


@event(
    "call.started", doc="A call began: ours is being dialled, or someone is ringing your number."
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


@event("call.answered", doc="The far end answered; talk time counts from `answered_at`.")
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


@event("call.completed", doc="An answered call ended; the payload carries its length and cost.")
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
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event(
    "call.failed", doc="A call ended without a conversation, or broke; `failure_reason` says why."
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
    clientRequestId: str | None = field(default=None, metadata=OPTIONAL)  # noqa: N815


@event("recording.ready", doc="A recording is stored and can be fetched.")
@dataclass(frozen=True, slots=True)
class RecordingReady:
    call_id: UUID
    number_id: UUID
    recording_id: UUID
    duration_seconds: int
    size_bytes: int
    download_url: str
    expires_at: datetime
