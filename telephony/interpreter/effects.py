"""What has to happen next. An effect with ``awaits`` holds the call until its event arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telephony.interpreter.prompts import Prompt

ANSWER = "answer"
END = "end"
UNANSWERED_CODE = 480


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the call's time line."""

    kind: str
    payload: Mapping[str, object] = field(default_factory=dict)

    @property
    def awaits(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask the customer's server for a document. ``params`` are only what this step adds."""

    id: str
    url: str
    purpose: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the inbound call."""

    @property
    def awaits(self) -> str:
        return ANSWER


@dataclass(frozen=True, slots=True)
class Play:
    id: str
    prompts: tuple[Prompt, ...]

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Gather:
    """Play the prompts until a key is pressed, then collect keys. 0 digits is no limit."""

    id: str
    prompts: tuple[Prompt, ...]
    num_digits: int
    timeout_seconds: int
    finish_on_key: str

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Record:
    """Record what the caller says until silence, a key or the longest time."""

    id: str
    silence_seconds: int
    max_seconds: int
    finish_on_key: str
    trim: bool
    beep: bool
    transcribe: bool = False
    # Where the words go; empty keeps them with the recording only.
    transcribe_url: str = ""

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Dial:
    """Call others and join the first who answers with the caller."""

    id: str
    numbers: tuple[str, ...]
    is_sequential: bool
    caller_id: str
    timeout_seconds: int
    record: bool

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Stream:
    """Carry the audio to a customer's WebSocket; ``holds`` keeps the call there."""

    id: str
    url: str
    name: str
    track: str
    holds: bool
    listen_hertz: int
    speak_hertz: int
    header_metadata: str
    open_metadata: str
    status_url: str
    status_events: tuple[str, ...]

    @property
    def awaits(self) -> str:
        return self.id if self.holds else ""


@dataclass(frozen=True, slots=True)
class Conference:
    """Bring the caller into a room until they leave it. No digits means no keys are collected."""

    id: str
    name: str
    participants_max: int
    records: bool
    beeps: bool
    is_muted: bool
    starts: bool
    ends: bool
    wait_url: str
    has_music: bool
    status_url: str
    status_events: tuple[str, ...]
    digits_url: str
    num_digits: int | None
    finish_on_key: str

    @property
    def awaits(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop whatever the call does, because another document takes its place."""

    @property
    def awaits(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse an inbound call that was not answered, with a SIP code."""

    code: int

    @property
    def awaits(self) -> str:
        return END


@dataclass(frozen=True, slots=True)
class Hangup:
    """End an answered call; ``failure_code`` says which failure led here, if one did."""

    reason: str = "completed"
    failure_code: str = ""

    @property
    def awaits(self) -> str:
        return END


Effect = (
    Note
    | Fetch
    | Answer
    | Play
    | Gather
    | Record
    | Dial
    | Stream
    | Conference
    | Interrupt
    | Reject
    | Hangup
)
Effects = tuple[Effect, ...]
