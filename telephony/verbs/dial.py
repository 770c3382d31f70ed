"""The verb that calls somebody else and joins them with the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.effects import Effects, Fetch, Note
from telephony.interpreter.fields import Flag, Integer, Phone, Phones, Url, declare
from telephony.interpreter.source import Place
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.events import Dialed
    from telephony.interpreter.session import Session

NUMBERS_MAX = 10
TIMEOUT_SECONDS_MAX = 300
DIALS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Verb):
    NAME: ClassVar[str] = "dial"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Dial",)
    PRECONDITION: ClassVar[Precondition] = "any"
    DOC: ClassVar[str] = (
        "Call one number, or several, and join the first who answers with the caller; a caller who "
        "still rings is answered then. Each is a call of its own, held and billed like one you "
        "place. How it ended is sent to action as dialCallStatus (completed, busy, no-answer, "
        "canceled or failed), dialCallId, dialDestinationNumber and dialDurationInSeconds; the "
        "answer is the next document."
    )

    number: str = declare(
        Phone(doc="Who is called. Either this or numbers.", default="", elements=("Number",)),
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
    def _build(cls, found: dict[str, Any], place: Place) -> Dial:
        if bool(found.get("number")) == bool(found.get("numbers")):
            raise place.refuse(
                "It needs either number or numbers.",
                'Write one of them: {"dial": {"number": "+254712345678"}}.',
            )
        return super(Dial, cls)._build(found, place)

    @classmethod
    def schema(cls) -> dict[str, object]:
        either = [{"required": ["number"]}, {"required": ["numbers"]}]
        return {**super(Dial, cls).schema(), "oneOf": either}

    def begin(self, session: Session) -> Effects:
        numbers = (self.number,) if self.number else self.numbers
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
        fetch = Fetch(session.ticket("fetch"), session.resolve(self.action), "dial", params=params)
        return (Note("voice.dialed", outcome), fetch)
