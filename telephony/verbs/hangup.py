"""The verb that ends the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Effects, Note
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(Verb):
    NAME: ClassVar[str] = "hangup"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Hangup",)
    PRECONDITION: ClassVar[Precondition] = "any"
    DOC: ClassVar[str] = "End the call."

    def begin(self, session: Session) -> Effects:
        return (Note("voice.hangup"), session.ending())
