"""The verb that records the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.effects import Effects, Fetch, Note
from telephony.interpreter.fields import Choice, Flag, Integer, Keys, Url, declare
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.events import Recorded
    from telephony.interpreter.session import Session

SILENCE_SECONDS_MAX = 300
LENGTH_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Verb):
    NAME: ClassVar[str] = "record"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Record",)
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = (
        "Record what the caller says, until silence, a key or the longest time. What came of it is "
        "sent to action as recordingUrl, recordingId, recordingDurationInSeconds and "
        "recordingStatus, also when the caller hangs up; the answer is the next document."
    )

    action: str = declare(
        Url(
            doc="Where the outcome is sent; left out, to the address of this document.",
            default="",
            xml=("action", "callbackUrl"),
        ),
    )
    method: str = declare(
        Choice(doc="How it is sent.", default="POST", words=("POST", "GET"), xml=("method",)),
    )
    timeout: int = declare(
        Integer(
            doc="Seconds of silence that end it; 0 is the default of the exchange, 5.",
            default=0,
            least=0,
            most=SILENCE_SECONDS_MAX,
            xml=("timeout",),
        ),
    )
    max_length: int = declare(
        Integer(
            doc="The longest recording in seconds; 0 is the default of the exchange, 120.",
            default=0,
            least=0,
            most=LENGTH_SECONDS_MAX,
            xml=("maxLength",),
        ),
    )
    finish_on_key: str = declare(
        Keys(
            doc="The keys that end it; empty is none. Other keys do nothing.",
            default="#",
            xml=("finishOnKey",),
        ),
    )
    play_beep: bool = declare(
        Flag(doc="Whether a beep says when to speak.", default=True, xml=("playBeep", "beep")),
    )
    trim: bool = declare(
        Flag(
            doc="Whether silence before the first word and after the last is left out.",
            default=True,
            yes="trim-silence",
            no="do-not-trim",
            xml=("trim", "trimSilence"),
        ),
    )

    transcribe: bool = declare(
        Flag(doc="Whether what was said is written down.", default=False, xml=("transcribe",)),
    )
    transcribe_callback: str = declare(
        Url(
            doc="Where the words are posted; naming it is the same as transcribe.",
            default="",
            xml=("transcribeCallback",),
        ),
    )

    @property
    def is_recorded(self) -> bool:
        return True

    def begin(self, session: Session) -> Effects:
        recording = effects.Record(
            id=session.ticket("record"),
            silence_seconds=self.timeout or session.record_silence_seconds,
            max_seconds=self.max_length or session.record_max_seconds,
            finish_on_key=self.finish_on_key,
            trim=self.trim,
            beep=self.play_beep,
            transcribe=self.transcribe or bool(self.transcribe_callback),
            transcribe_url=session.resolve(self.transcribe_callback)
            if self.transcribe_callback
            else "",
        )
        wanted = {
            "silence_seconds": recording.silence_seconds,
            "max_seconds": recording.max_seconds,
            "finish_on_key": recording.finish_on_key,
        }
        return (Note("voice.record", wanted), recording)

    def resume(self, session: Session, event: Recorded) -> Effects:
        outcome = {
            "recording_id": event.recording_id,
            "seconds": event.seconds,
            "reason": event.reason,
        }
        params = {
            "recordingUrl": event.url,
            "RecordingUrl": event.url,
            "recordingId": event.recording_id,
            "recordingDurationInSeconds": str(event.seconds),
            "RecordingDuration": str(event.seconds),
            "recordingStatus": event.reason,
        }
        if event.digits:
            params |= {"Digits": event.digits, "dtmfDigits": event.digits}
        note = Note("voice.recorded", outcome)
        url = session.resolve(self.action)
        if not url:
            # A message for a number without a voice URL: nobody is asked what comes next.
            return (note,)
        return (note, Fetch(session.ticket("fetch"), url, "recording", self.method, params))
