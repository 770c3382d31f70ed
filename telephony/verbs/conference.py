"""The verb that brings the caller into a room where several hear each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.effects import Effects, Note
from telephony.interpreter.fields import (
    ABSENT,
    Field,
    Flag,
    Integer,
    Keys,
    Text,
    Url,
    declare,
)
from telephony.interpreter.source import BODY, Element, Place, listed, shown
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.events import LeftRoom
    from telephony.interpreter.session import Session

NAME_CHARACTERS_MAX = 64
NAMELESS = "conference"
FLAGS_CHARACTERS_MAX = 200
PARTICIPANTS_MAX = 250
DIGITS_MAX = 64
EVENTS = ("start", "end", "join", "leave", "mute", "unmute")
# TwiML says the same with longer words.
XML_EVENTS = {f"participant-{each}": each for each in EVENTS} | {
    f"conference-{each}": each for each in EVENTS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomName(Text):
    """What a room is called; it stands in an address, so it has no slash."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        text = Text.from_json(self, value, name, place).strip()
        if "/" in text:
            raise place.refuse(f"{name} has a slash.", 'Write "support-4711".')
        return text

    def from_xml(self, element: Element, place: Place) -> Any:
        """Find the name; Africa's Talking has none, and everybody meets in one room."""
        found = Field.from_xml(self, element, place)
        return NAMELESS if found is ABSENT else found

    def shape(self) -> dict[str, object]:
        return {
            "type": "string",
            "pattern": r"^[^/]*[^/\s][^/]*$",
            "maxLength": NAME_CHARACTERS_MAX,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEvents(Field):
    """Words of a list, with spaces between them."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        mend = f"Write some of {listed(EVENTS)}, with spaces between them."
        if not isinstance(value, str):
            raise place.refuse(f"{name} must be text, not {shown(value)}.", mend)
        found = value.split()
        if wrong := next((word for word in found if word not in EVENTS), None):
            raise place.refuse(f"{shown(wrong)} is not an event of a room.", mend)
        return " ".join(dict.fromkeys(found))

    def from_text(self, text: str) -> object:
        return " ".join(XML_EVENTS.get(word, word) for word in text.split())

    def shape(self) -> dict[str, object]:
        word = "|".join(EVENTS)
        return {"type": "string", "pattern": rf"^\s*(({word})(\s+|$))*$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beep(Flag):
    """Yes or no; TwiML also says when."""

    def from_text(self, text: str) -> object:
        word = text.strip().lower()
        known = {
            "onenter": True,
            "onexit": True,
            "true": True,
            "1": True,
            "false": False,
            "0": False,
        }
        return known.get(word, word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference(Verb):
    NAME: ClassVar[str] = "conference"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Conference",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = (
        "Bring the caller into a room of your workspace, where everybody hears everybody else. The "
        "first to enter makes the room and sets its size; it starts with the first who has "
        "startOnEnter, and until then, or while it is full, a caller hears waitUrl. Each call in "
        "the room is held and billed as any other. When the caller is taken out of the room or it "
        "ends, the next action runs. In XML the name is the text, also inside <Dial>; without one the room is "
        "called conference."
    )

    name: str = declare(
        RoomName(
            doc="The room; whoever of your workspace names it meets there.",
            characters_max=NAME_CHARACTERS_MAX,
            xml=(BODY, "name"),
        ),
    )
    flags: str = declare(
        Text(
            doc="Words of mod_conference, with | between them: mute, endconf, moderator and nomoh "
            "count, others are ignored.",
            default="",
            characters_max=FLAGS_CHARACTERS_MAX,
            xml=("flags",),
        ),
    )
    max_participants: int = declare(
        Integer(
            doc="How many fit into the room; 0 is the default of the exchange, 50.",
            default=0,
            least=0,
            most=PARTICIPANTS_MAX,
            xml=("maxParticipants",),
        ),
    )
    record: bool = declare(
        Flag(
            doc="Whether what everybody says is recorded while this caller is in the room.",
            default=False,
            yes="record-from-start",
            no="do-not-record",
            xml=("record",),
        ),
    )
    beep: bool = declare(
        Beep(
            doc="Whether a beep says that this caller comes and goes.",
            default=False,
            yes="onEnter",
            xml=("beep",),
        ),
    )
    muted: bool = declare(
        Flag(doc="Whether this caller only listens.", default=False, xml=("muted",)),
    )
    start_on_enter: bool = declare(
        Flag(
            doc="Whether the room starts when this caller enters.",
            default=True,
            xml=("startOnEnter", "startConferenceOnEnter"),
        ),
    )
    end_on_exit: bool = declare(
        Flag(
            doc="Whether the room ends when this caller leaves.",
            default=False,
            xml=("endOnExit", "endConferenceOnExit"),
        ),
    )
    wait_url: str = declare(
        Url(
            doc="A sound file that is heard again and again before the room starts; left out, a "
            "melody of ours.",
            default="",
            xml=("waitUrl",),
        ),
    )
    status_events_callback_url: str = declare(
        Url(
            doc="Where the events of the room are posted.",
            default="",
            xml=("statusEventsCallbackUrl", "statusCallback"),
        ),
    )
    status_events: str = declare(
        RoomEvents(
            doc="Which events are posted; empty is all of start end join leave mute unmute.",
            default="",
            xml=("statusEvents", "statusCallbackEvent"),
        ),
    )
    collect_digits: bool = declare(
        Flag(
            doc="Whether keys that this caller presses are posted as DigitsCollected.",
            default=False,
            xml=("collectDigits",),
        ),
    )
    finish_on_key: str = declare(
        Keys(
            doc="The keys that end what was typed; empty is none.",
            default="#",
            xml=("finishOnKey",),
        ),
    )
    num_digits: int = declare(
        Integer(
            doc="How many keys are posted at once; 0 is no limit.",
            default=0,
            least=0,
            most=DIGITS_MAX,
            xml=("numDigits", "maxDigits"),
        ),
    )
    digits_callback_url: str = declare(
        Url(
            doc="Where the keys are posted; left out, to statusEventsCallbackUrl.",
            default="",
            xml=("digitsCallbackUrl",),
        ),
    )

    @property
    def is_recorded(self) -> bool:
        return self.record

    def begin(self, session: Session) -> Effects:
        flags = set(re.split(r"[|,\s]+", self.flags))
        conference = effects.Conference(
            id=session.ticket("conference"),
            name=self.name,
            participants_max=self.max_participants,
            records=self.record,
            beeps=self.beep,
            is_muted=self.muted or "mute" in flags,
            starts=self.start_on_enter or "moderator" in flags,
            ends=self.end_on_exit or "endconf" in flags,
            wait_url=session.resolve(self.wait_url) if self.wait_url else "",
            has_music="nomoh" not in flags,
            status_url=_absolute(session, self.status_events_callback_url),
            status_events=tuple(self.status_events.split()) or EVENTS,
            digits_url=_absolute(session, self.digits_callback_url),
            num_digits=self.num_digits if self.collect_digits else None,
            finish_on_key=self.finish_on_key,
        )
        return (Note("voice.conference", {"name": self.name, "record": self.record}), conference)

    def resume(self, session: Session, event: LeftRoom) -> Effects:
        return (Note("voice.conference_left", {"name": self.name, "reason": event.reason}),)


def room_in_dial(element: Element) -> Element | None:
    """Return the room that a <Dial> of TwiML leads into, with the record word of the <Dial>."""
    for child in element.children:
        if child.name in Conference.ELEMENTS:
            outer = {name: it for name, it in element.attributes.items() if name == "record"}
            return Element(
                child.name,
                {**outer, **child.attributes},
                child.line,
                child.column,
                child.texts,
                child.children,
            )
    return None


def _absolute(session: Session, url: str) -> str:
    return session.resolve(url) if url else ""
