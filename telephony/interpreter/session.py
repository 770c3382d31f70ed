"""Where a call stands in its voice document; kept as JSON between two events."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from telephony.interpreter.effects import UNANSWERED_CODE, Hangup, Reject
from telephony.interpreter.json_form import read_actions
from telephony.interpreter.verb import Verb

START = "start"
GATHER_TIMEOUT_SECONDS = 5
RECORD_SILENCE_SECONDS = 5
RECORD_MAX_SECONDS = 120
DIAL_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    voice_url: str = ""
    fallback_url: str = ""
    gather_timeout_seconds: int = GATHER_TIMEOUT_SECONDS
    record_silence_seconds: int = RECORD_SILENCE_SECONDS
    record_max_seconds: int = RECORD_MAX_SECONDS
    dial_timeout_seconds: int = DIAL_TIMEOUT_SECONDS

    announcement: str = ""
    """What is said before something is recorded; empty is nothing."""
    announcement_language: str = "en-KE"
    announced: bool = False

    direction: str = "outbound"
    answered: bool = False
    ended: bool = False

    actions: tuple[Verb, ...] | None = None
    """The document being run; None before the first one."""
    position: int = 0
    url: str = ""
    """Where that document came from; relative addresses start there."""

    waiting_for: str = START
    """What the call stands still for: the id of an effect, or one of start, answer, end."""
    turn: int = 0
    """Counts what was begun, and so makes the ids."""
    purpose: str = ""
    asked_url: str = ""
    """Purpose and address of the last fetch."""

    failures: int = 0
    """Failed fetches since the customer's own address last gave a document."""
    silent_documents: int = 0
    """Documents fetched since the caller last heard something."""
    dials: int = 0
    """How often others were called; a document that dials again and again ends somewhere."""
    failure_code: str = ""

    @property
    def verb(self) -> Verb | None:
        """The action the call stands at, or None at the end of the list."""
        actions = self.actions or ()
        return actions[self.position] if self.position < len(actions) else None

    @property
    def has_more(self) -> bool:
        """Whether an action follows the one the call stands at."""
        return self.position + 1 < len(self.actions or ())

    def ticket(self, kind: str) -> str:
        """Name what this turn waits for."""
        return f"{kind}-{self.turn}"

    def resolve(self, url: str) -> str:
        """Make an address of the document absolute; an empty one is the document's own."""
        return urljoin(self.url, url)

    def ending(self) -> Hangup | Reject:
        """Return the effect that ends the call from here."""
        if self.answered:
            return Hangup("completed", self.failure_code)
        return Reject(UNANSWERED_CODE)

    def to_json(self) -> dict[str, object]:
        """Return plain values; the document is kept in its JSON form."""
        plain = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        if self.actions is not None:
            plain["actions"] = [verb.to_json() for verb in self.actions]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Session:
        actions = plain["actions"]
        return cls(**{**plain, "actions": None if actions is None else read_actions(actions)})
