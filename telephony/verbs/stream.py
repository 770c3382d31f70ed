"""The verb that carries the audio of the call to a WebSocket of the customer's, and audio back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.effects import Effects, Note
from telephony.interpreter.fields import Choice, Field, Flag, Integer, Text, Url, declare
from telephony.interpreter.source import BODY, Element, Place, listed, shown
from telephony.interpreter.verb import Precondition, Verb
from telephony.interpreter.wrappers import with_parameters

if TYPE_CHECKING:
    from telephony.interpreter.events import Streamed
    from telephony.interpreter.session import Session

LISTEN_HERTZ = (8000, 16000)
SPEAK_HERTZ_MIN = 8000
SPEAK_HERTZ_MAX = 48000
METADATA_CHARACTERS_MAX = 8000
NAME_CHARACTERS_MAX = 64
TRACKS = ("inbound_track", "outbound_track", "both_tracks")
EVENTS = ("stream-started", "stream-stopped", "stream-error")


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketUrl(Field):
    """A ws or wss address."""

    CHARACTERS_MAX = 2048
    PATTERN = re.compile(r"wss?://[^/?#\s@]+([/?][!-~]*)?")

    def from_json(self, value: object, name: str, place: Place) -> str:
        fits = isinstance(value, str) and len(value) <= self.CHARACTERS_MAX
        if isinstance(value, str) and fits and self.PATTERN.fullmatch(value):
            return value
        raise place.refuse(
            f"{name} must be a wss address, not {shown(value)}.",
            'Write "wss://example.com/audio".',
        )

    def shape(self) -> dict[str, object]:
        return {"type": "string", "pattern": r"^wss?://", "maxLength": self.CHARACTERS_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hertz(Integer):
    """A sampling rate: one of a few, or any in between."""

    words: tuple[int, ...] = ()

    def from_json(self, value: object, name: str, place: Place) -> int:
        if self.words and value not in self.words:
            raise place.refuse(
                f"{name} must be {listed(map(str, self.words))}, not {shown(value)}.",
                f"Write {self.words[-1]}.",
            )
        # Not super(): a dataclass with slots is another class than the one super() remembers.
        return int(Integer.from_json(self, value, name, place))

    def shape(self) -> dict[str, object]:
        return {"enum": list(self.words)} if self.words else Integer.shape(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events(Field):
    """Words of a list, with spaces between them."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        mend = f"Write {listed(EVENTS)}, with spaces between them."
        if not isinstance(value, str):
            raise place.refuse(f"{name} must be text, not {shown(value)}.", mend)
        found = value.split()
        if wrong := next((word for word in found if word not in EVENTS), None):
            raise place.refuse(f"{shown(wrong)} is not an event of a stream.", mend)
        return " ".join(dict.fromkeys(found))

    def shape(self) -> dict[str, object]:
        word = "|".join(EVENTS)
        return {"type": "string", "pattern": rf"^\s*(({word})(\s+|$))*$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers(Text):
    """A JSON object, written as a string."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        text = Text.from_json(self, value, name, place)
        try:
            is_object = isinstance(json.loads(text), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise place.refuse(
                f"{name} must be a JSON object written as a string.",
                r'Write "{\"customer\": \"1842\"}".',
            )
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Verb):
    NAME: ClassVar[str] = "stream"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Stream",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = (
        "Open a WebSocket to your server (sub-protocol audio.drachtio.org) and send it the audio "
        "of the call as S16LE frames of 20 ms, after one text frame that says whose they are. "
        "What your server sends back is heard by the caller. With connect the call stays in the "
        "stream and the actions after it run only when it cannot be opened; without, they run at "
        "once, beside it. In XML <Connect><Stream> is with connect and <Start><Stream> without; "
        "<Parameter> inside is a header of the first frame."
    )

    url: str = declare(SocketUrl(doc="Where your server listens.", xml=("url", BODY)))
    name: str = declare(
        Text(
            doc="What you call it; it comes back with every event.",
            default="",
            characters_max=NAME_CHARACTERS_MAX,
            xml=("name",),
        ),
    )
    track: str = declare(
        Choice(
            doc="What is sent: what the caller says, what the caller hears, or both mixed.",
            default="inbound_track",
            words=TRACKS,
            xml=("track",),
        ),
    )
    connect: bool = declare(
        Flag(doc="Whether the call stays in the stream.", default=False, xml=("connect",)),
    )
    output_sampling_rate: int = declare(
        Hertz(
            doc="The rate of what you receive.",
            default=8000,
            words=LISTEN_HERTZ,
            least=8000,
            most=16000,
            xml=("outputSamplingRate",),
        ),
    )
    bidirectional_sampling_rate: int = declare(
        Hertz(
            doc="The rate of what you send back; left out, that of inputSamplingRate.",
            default=0,
            least=SPEAK_HERTZ_MIN,
            most=SPEAK_HERTZ_MAX,
            xml=("bidirectionalSamplingRate",),
        ),
    )
    input_sampling_rate: int = declare(
        Hertz(
            doc="Another name of bidirectionalSamplingRate; left out, that of outputSamplingRate.",
            default=0,
            least=SPEAK_HERTZ_MIN,
            most=SPEAK_HERTZ_MAX,
            xml=("inputSamplingRate",),
        ),
    )
    header_metadata: str = declare(
        Headers(
            doc="A JSON object as a string; it is headers of the first frame.",
            default="",
            characters_max=METADATA_CHARACTERS_MAX,
            xml=("headerMetadata",),
        ),
    )
    open_metadata: str = declare(
        Text(
            doc="Any text; it is openMetadata of the first frame.",
            default="",
            characters_max=METADATA_CHARACTERS_MAX,
            xml=("openMetadata",),
        ),
    )
    status_callback: str = declare(
        Url(
            doc="Where its events are posted; left out, to the voice URL of the call.",
            default="",
            xml=("statusCallback",),
        ),
    )
    status_events: str = declare(
        Events(
            doc="Which events are posted; empty is all of stream-started stream-stopped stream-error.",
            default="",
            xml=("statusEvents",),
        ),
    )

    @classmethod
    def stand_in(cls, element: Element) -> tuple[type[Verb], Element] | None:
        named = with_parameters(element)
        return (cls, named) if named else None

    @property
    def speak_hertz(self) -> int:
        """The rate of what comes back, by whichever name it was given."""
        declared = self.bidirectional_sampling_rate or self.input_sampling_rate
        return declared or self.output_sampling_rate

    def begin(self, session: Session) -> Effects:
        stream = effects.Stream(
            id=session.ticket("stream"),
            url=self.url,
            name=self.name,
            track=self.track,
            holds=self.connect,
            listen_hertz=self.output_sampling_rate,
            speak_hertz=self.speak_hertz,
            header_metadata=self.header_metadata,
            open_metadata=self.open_metadata,
            status_url=session.resolve(self.status_callback) if self.status_callback else "",
            status_events=tuple(self.status_events.split()) or EVENTS,
        )
        told = {"url": self.url, "name": self.name, "connect": self.connect, "track": self.track}
        return (Note("voice.stream", told), stream)

    # It is told only when the stream cannot be had: then the next action runs.
    def resume(self, session: Session, event: Streamed) -> Effects:
        return ()
