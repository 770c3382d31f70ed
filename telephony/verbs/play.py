"""The verb that plays a sound file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Note
from telephony.interpreter.fields import Times, Url, declare
from telephony.interpreter.prompts import Audio, Prompt
from telephony.interpreter.source import BODY
from telephony.interpreter.verb import Precondition, PromptVerb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session

LOOP_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(PromptVerb):
    NAME: ClassVar[str] = "play"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Play",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = (
        "Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate, at "
        "most 10 MiB and an hour. It comes from an upload, from the server of the document or from a "
        "host that the workspace allows, and is kept as long as its Cache-Control and ETag allow."
    )

    url: str = declare(
        Url(doc="The address of the sound file.", xml=(BODY, "url")),
    )
    loop: int = declare(
        Times(
            doc="How often it is played; 0 is once.",
            default=0,
            least=0,
            most=LOOP_MAX,
            xml=("loop",),
        ),
    )

    def prompts(self, session: Session) -> tuple[Prompt, ...]:
        return (Audio(session.resolve(self.url)),) * max(1, self.loop)

    def note(self, session: Session) -> Note:
        return Note("voice.play", {"url": session.resolve(self.url), "times": max(1, self.loop)})
