"""What a rehearsal tells: its steps in order, what the server was asked, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COMPLETED = "completed"
NOT_ANSWERED = "not_answered"
NEEDS_DOCUMENT = "needs_document"
WAITING = "waiting"
TOO_LONG = "too_long"
OUTCOMES = (COMPLETED, NOT_ANSWERED, NEEDS_DOCUMENT, WAITING, TOO_LONG)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the time line, in the words and payloads of a real call's."""

    at_seconds: int
    lasts_seconds: int
    kind: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer's server is asked, beside what every question says about its call."""

    url: str
    method: str
    purpose: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wait:
    """What the call stands still for, when the script has nothing more for it."""

    kind: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody who was called for the caller and answered."""

    e164: str
    seconds: int


@dataclass(slots=True)
class Told:
    """Everything a rehearsal found out."""

    outcome: str = COMPLETED
    ended_by: str = ""
    failure_code: str = ""
    steps: list[Step] = field(default_factory=list)
    needs: Question | None = None
    waits: Wait | None = None
    talks: list[Talk] = field(default_factory=list)
    lasts_seconds: int = 0
    connected_seconds: int = 0
    unused_inputs: int = 0
