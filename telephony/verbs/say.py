"""The verb that speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Note
from telephony.interpreter.fields import Choice, Language, Text, Times, declare
from telephony.interpreter.prompts import Prompt, Speech
from telephony.interpreter.source import BODY
from telephony.interpreter.verb import Precondition, PromptVerb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session

CHARACTERS_MAX = 5000
LOOP_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(PromptVerb):
    NAME: ClassVar[str] = "say"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Say",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = "Speak a text to the caller."

    text: str = declare(
        Text(doc="What is spoken.", characters_max=CHARACTERS_MAX, xml=(BODY,)),
    )
    voice: str = declare(
        Choice(
            doc="Whose voice. alice and woman are the same.",
            default="woman",
            words=("woman", "alice", "man"),
            lenient=True,
            xml=("voice",),
        ),
    )
    language: str = declare(
        Language(
            doc="The language of the text: en-KE or sw-KE.", default="en-KE", xml=("language",)
        ),
    )
    loop: int = declare(
        Times(
            doc="How often it is spoken; 0 is once.",
            default=0,
            least=0,
            most=LOOP_MAX,
            xml=("loop",),
        ),
    )

    def prompts(self, session: Session) -> tuple[Prompt, ...]:
        return (Speech(self.text, self.language, self.voice),) * max(1, self.loop)

    def note(self, session: Session) -> Note:
        said = {"text": self.text, "language": self.language, "voice": self.voice}
        return Note("voice.say", {**said, "times": max(1, self.loop)})
