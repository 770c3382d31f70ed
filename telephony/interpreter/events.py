"""What happened. An id names the effect that an event answers, so that a late one is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from telephony.interpreter.document import Document, DocumentInvalid

UNREACHABLE = "voice_callback_unreachable"
INVALID = "voice_document_invalid"


@dataclass(frozen=True, slots=True)
class Started:
    direction: Literal["inbound", "outbound"]
    already_answered: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    pass


@dataclass(frozen=True, slots=True)
class DocumentArrived:
    """The document and the address it came from; without an id it answers the open fetch."""

    document: Document
    url: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFailed:
    """No document: ``code`` is the call's failure code, ``reason`` a sentence."""

    code: str
    reason: str
    id: str = ""

    @classmethod
    def invalid(cls, problem: DocumentInvalid, fetch_id: str = "") -> DocumentFailed:
        return cls(INVALID, str(problem), fetch_id)


@dataclass(frozen=True, slots=True)
class Played:
    id: str


@dataclass(frozen=True, slots=True)
class Gathered:
    id: str
    digits: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording is over; ``url`` plays it once it is stored."""

    id: str
    recording_id: str
    url: str
    seconds: int
    digits: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dialed:
    """Nobody is joined with the caller any more: how it went with those who were called."""

    id: str
    status: str
    call_id: str = ""
    number: str = ""
    seconds: int = 0
    reason: str = ""
    recording_url: str = ""


@dataclass(frozen=True, slots=True)
class Streamed:
    """A stream could not be had."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftRoom:
    """The caller is in the room no more."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """Somebody outside sent another document, to be run from now on."""

    document: Document


@dataclass(frozen=True, slots=True)
class Ended:
    pass


Event = (
    Started
    | Answered
    | DocumentArrived
    | DocumentFailed
    | Played
    | Gathered
    | Recorded
    | Dialed
    | Streamed
    | LeftRoom
    | Replaced
    | Ended
)
