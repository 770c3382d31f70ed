"""The verb that calls somebody else and joins them with the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.effects import Effects, Fetch, Note, Reject
from telephony.interpreter.fields import Flag, Integer, Names, Phone, Phones, Url, declare
from telephony.interpreter.source import Element, Place
from telephony.interpreter.verb import Precondition, Verb
from telephony.verbs.conference import Conference, room_in_dial

if TYPE_CHECKING:
    from telephony.interpreter.events import Dialed
    from telephony.interpreter.session import Session

NUMBERS_MAX = 10
TIMEOUT_SECONDS_MAX = 300
DIALS_MAX = 10
SIP_ADDRESS = r"sip:[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?"
CLIENT_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
TARGETS = ("number", "numbers", "sip", "client")
# What a caller who was not answered is told when the document ends with the dial.
TALKED = "completed"
REFUSALS = {"busy": 486, "canceled": 480, "no-answer": 480}
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Verb):
    NAME: ClassVar[str] = "dial"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Dial",)
    PRECONDITION: ClassVar[Precondition] = "any"
    DOC: ClassVar[str] = (
        "Call one number, or several, or a browser client or desk phone of yours, and join the "
        "first who answers with the caller; a caller who "
        "still rings is answered then. Each is a call of its own, held and billed like one you "
        "place. How it ended is sent to action as dialCallStatus (completed, busy, no-answer, "
        "canceled or failed), dialCallId, dialDestinationNumber and dialDurationInSeconds; the "
        "answer is the next document."
    )

    number: str = declare(
        Phone(doc="Who is called. This, numbers, sip or client.", default="", elements=("Number",)),
    )
    numbers: tuple[str, ...] = declare(
        Phones(
            doc="Several who are called; the first to answer is joined, the others stop ringing.",
            default=(),
            items_max=NUMBERS_MAX,
            xml=("phoneNumbers",),
            elements=("Number",),
        ),
    )
    sip: tuple[str, ...] = declare(
        Names(
            doc="The SIP address of a browser client or a desk phone of yours, or several.",
            default=(),
            form=SIP_ADDRESS,
            example="sip:alice@api.sautikit.com",
            items_max=NUMBERS_MAX,
            elements=("Sip",),
        ),
    )
    client: tuple[str, ...] = declare(
        Names(
            doc="The name of a browser client, as its token says it, or several.",
            default=(),
            form=CLIENT_NAME,
            example="alice",
            items_max=NUMBERS_MAX,
            elements=("Client",),
        ),
    )
    sequential: bool = declare(
        Flag(
            doc="Whether the numbers ring one after the other instead of together.",
            default=False,
            xml=("sequential",),
        ),
    )
    caller_id: str = declare(
        Phone(
            doc="The number that is shown, one of yours; left out, that of the call.",
            default="",
            xml=("callerId",),
        ),
    )
    timeout: int = declare(
        Integer(
            doc="For how many seconds they ring; 0 is the default of the exchange, 30.",
            default=0,
            least=0,
            most=TIMEOUT_SECONDS_MAX,
            xml=("timeout",),
        ),
    )
    record: bool = declare(
        Flag(
            doc="Whether both sides are recorded from the answer on, each in its own channel.",
            default=False,
            yes="record-from-answer",
            no="do-not-record",
            xml=("record",),
        ),
    )
    action: str = declare(
        Url(
            doc="Where the outcome is sent; left out, to the address of this document.",
            default="",
            xml=("action", "callbackUrl"),
        ),
    )

    @classmethod
    def stand_in(cls, element: Element) -> tuple[type[Verb], Element] | None:
        room = room_in_dial(element)
        return (Conference, room) if room else None

    @classmethod
    def _build(cls, found: dict[str, Any], place: Place) -> Dial:
        if sum(bool(found.get(name)) for name in TARGETS) != 1:
            raise place.refuse(
                "It needs exactly one of number, numbers, sip and client.",
                'Write one of them: {"dial": {"number": "+254712345678"}}.',
            )
        return super(Dial, cls)._build(found, place)

    @classmethod
    def schema(cls) -> dict[str, object]:
        either = [{"required": [name]} for name in TARGETS]
        return {**super(Dial, cls).schema(), "oneOf": either}

    @property
    def targets(self) -> tuple[str, ...]:
        """Everybody who is called, clients as `client:NAME`."""
        clients = tuple(f"client:{name}" for name in self.client)
        return (self.number,) if self.number else (self.numbers or self.sip or clients)

    def begin(self, session: Session) -> Effects:
        numbers = self.targets
        if session.dials >= DIALS_MAX:
            reason = f"A call dials at most {DIALS_MAX} times; this dial was skipped."
            return (Note("voice.error", {"reason": reason}),)
        dial = effects.Dial(
            id=session.ticket("dial"),
            numbers=numbers,
            is_sequential=self.sequential,
            caller_id=self.caller_id,
            timeout_seconds=self.timeout or session.dial_timeout_seconds,
            record=self.record,
        )
        return (Note("voice.dial", {"to": ", ".join(numbers), "record": self.record}), dial)

    def resume(self, session: Session, event: Dialed) -> Effects:
        outcome = {
            "status": event.status,
            "call_id": event.call_id,
            "to": event.number,
            "seconds": event.seconds,
            "reason": event.reason,
        }
        params = {
            "dialCallStatus": event.status,
            "DialCallStatus": event.status,
            "dialCallId": event.call_id,
            "dialDestinationNumber": event.number,
            "dialDurationInSeconds": str(event.seconds),
            "DialCallDuration": str(event.seconds),
        }
        if event.reason:
            params["dialFailureReason"] = event.reason
        if event.recording_url:
            params |= {"recordingUrl": event.recording_url, "RecordingUrl": event.recording_url}
        note = Note("voice.dialed", outcome)
        url = session.resolve(self.action)
        if url:
            return (note, Fetch(session.ticket("fetch"), url, "dial", params=params))
        # Nobody is asked what comes next: the document came from no address. Who talked to somebody
        # is done, and who reached nobody hears the rest of it.
        if event.status == TALKED:
            return (note, session.ending())
        if session.answered or session.has_more:
            return (note,)
        return (note, Reject(REFUSALS.get(event.status, UNAVAILABLE)))
