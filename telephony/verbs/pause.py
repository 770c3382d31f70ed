"""The verb that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Note
from telephony.interpreter.fields import Integer, declare
from telephony.interpreter.prompts import Prompt, Silence
from telephony.interpreter.verb import Precondition, PromptVerb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session

SECONDS_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(PromptVerb):
    NAME: ClassVar[str] = "pause"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Pause",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = "Let the caller hear silence."

    length: int = declare(
        Integer(doc="For how many seconds.", default=1, least=1, most=SECONDS_MAX, xml=("length",)),
    )

    def prompts(self, session: Session) -> tuple[Prompt, ...]:
        return (Silence(self.length),)

    def note(self, session: Session) -> Note:
        return Note("voice.pause", {"seconds": self.length})
