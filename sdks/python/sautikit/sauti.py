"""One function for each verb of a voice document: `sauti.say(...)`, `sauti.hangup()`.

Made by `manage.py generate` from the API description. Do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

from sautikit.documents import exactly_one, one
from sautikit.types import (
    ConferenceAction,
    DialAction,
    GetDigitsAction,
    HangupAction,
    NestedAction,
    PauseAction,
    PlayAction,
    RecordAction,
    RedirectAction,
    RejectAction,
    SayAction,
    StreamAction,
)


def say(
    text: str,
    *,
    voice: Literal["woman", "alice", "man"] | None = None,
    language: str | None = None,
    loop: int | None = None,
) -> SayAction:
    """Speak a text to the caller."""
    attributes: dict[str, object] = {
        "text": text,
        "voice": voice,
        "language": language,
        "loop": loop,
    }
    made: SayAction = one("say", attributes)
    return made


def play(url: str, *, loop: int | None = None) -> PlayAction:
    """Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate, at
    most 10 MiB and an hour. It comes from an upload, from the server of the document or from
    a host that the workspace allows, and is kept as long as its Cache-Control and ETag
    allow.
    """
    attributes: dict[str, object] = {"url": url, "loop": loop}
    made: PlayAction = one("play", attributes)
    return made


def pause(*, length: int | None = None) -> PauseAction:
    """Let the caller hear silence."""
    attributes: dict[str, object] = {"length": length}
    made: PauseAction = one("pause", attributes)
    return made


def get_digits(
    *,
    num_digits: int | None = None,
    timeout: int | None = None,
    finish_on_key: str | None = None,
    action: str | None = None,
    nested: Sequence[NestedAction] | None = None,
) -> GetDigitsAction:
    """Collect keys from the caller. The prompts stop at the first key. What was typed is posted
    as Digits to action; when nothing was typed the next action runs.
    """
    attributes: dict[str, object] = {
        "numDigits": num_digits,
        "timeout": timeout,
        "finishOnKey": finish_on_key,
        "action": action,
        "nested": nested,
    }
    made: GetDigitsAction = one("getDigits", attributes)
    return made


@overload
def dial(
    *,
    number: str,
    sequential: bool | None = None,
    caller_id: str | None = None,
    timeout: int | None = None,
    record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
    action: str | None = None,
) -> DialAction:
    ...


@overload
def dial(
    *,
    numbers: Sequence[str],
    sequential: bool | None = None,
    caller_id: str | None = None,
    timeout: int | None = None,
    record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
    action: str | None = None,
) -> DialAction:
    ...


@overload
def dial(
    *,
    sip: str | Sequence[str],
    sequential: bool | None = None,
    caller_id: str | None = None,
    timeout: int | None = None,
    record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
    action: str | None = None,
) -> DialAction:
    ...


@overload
def dial(
    *,
    client: str | Sequence[str],
    sequential: bool | None = None,
    caller_id: str | None = None,
    timeout: int | None = None,
    record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
    action: str | None = None,
) -> DialAction:
    ...


def dial(
    *,
    number: str | None = None,
    numbers: Sequence[str] | None = None,
    sip: str | Sequence[str] | None = None,
    client: str | Sequence[str] | None = None,
    sequential: bool | None = None,
    caller_id: str | None = None,
    timeout: int | None = None,
    record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
    action: str | None = None,
) -> DialAction:
    """Call one number, or several, or a browser client or desk phone of yours, and join the
    first who answers with the caller; a caller who still rings is answered then. Each is a
    call of its own, held and billed like one you place. How it ended is sent to action as
    dialCallStatus (completed, busy, no-answer, canceled or failed), dialCallId,
    dialDestinationNumber and dialDurationInSeconds; the answer is the next document.
    """
    exactly_one("dial", number=number, numbers=numbers, sip=sip, client=client)
    attributes: dict[str, object] = {
        "number": number,
        "numbers": numbers,
        "sip": sip,
        "client": client,
        "sequential": sequential,
        "callerId": caller_id,
        "timeout": timeout,
        "record": record,
        "action": action,
    }
    made: DialAction = one("dial", attributes)
    return made


def conference(
    name: str,
    *,
    flags: str | None = None,
    max_participants: int | None = None,
    record: bool | Literal["record-from-start", "do-not-record"] | None = None,
    beep: bool | Literal["onEnter"] | None = None,
    muted: bool | None = None,
    start_on_enter: bool | None = None,
    end_on_exit: bool | None = None,
    wait_url: str | None = None,
    status_events_callback_url: str | None = None,
    status_events: str | None = None,
    collect_digits: bool | None = None,
    finish_on_key: str | None = None,
    num_digits: int | None = None,
    digits_callback_url: str | None = None,
) -> ConferenceAction:
    """Bring the caller into a room of your workspace, where everybody hears everybody else. The
    first to enter makes the room and sets its size; it starts with the first who has
    startOnEnter, and until then, or while it is full, a caller hears waitUrl. Each call in
    the room is held and billed as any other. When the caller is taken out of the room or it
    ends, the next action runs. In XML the name is the text, also inside <Dial>; without one
    the room is called conference.
    """
    attributes: dict[str, object] = {
        "name": name,
        "flags": flags,
        "maxParticipants": max_participants,
        "record": record,
        "beep": beep,
        "muted": muted,
        "startOnEnter": start_on_enter,
        "endOnExit": end_on_exit,
        "waitUrl": wait_url,
        "statusEventsCallbackUrl": status_events_callback_url,
        "statusEvents": status_events,
        "collectDigits": collect_digits,
        "finishOnKey": finish_on_key,
        "numDigits": num_digits,
        "digitsCallbackUrl": digits_callback_url,
    }
    made: ConferenceAction = one("conference", attributes)
    return made


def record(
    *,
    action: str | None = None,
    method: Literal["POST", "GET"] | None = None,
    timeout: int | None = None,
    max_length: int | None = None,
    finish_on_key: str | None = None,
    play_beep: bool | None = None,
    trim: bool | Literal["trim-silence", "do-not-trim"] | None = None,
    transcribe: bool | None = None,
    transcribe_callback: str | None = None,
) -> RecordAction:
    """Record what the caller says, until silence, a key or the longest time. What came of it is
    sent to action as recordingUrl, recordingId, recordingDurationInSeconds and
    recordingStatus, also when the caller hangs up; the answer is the next document.
    """
    attributes: dict[str, object] = {
        "action": action,
        "method": method,
        "timeout": timeout,
        "maxLength": max_length,
        "finishOnKey": finish_on_key,
        "playBeep": play_beep,
        "trim": trim,
        "transcribe": transcribe,
        "transcribeCallback": transcribe_callback,
    }
    made: RecordAction = one("record", attributes)
    return made


def stream(
    url: str,
    *,
    name: str | None = None,
    track: Literal["inbound_track", "outbound_track", "both_tracks"] | None = None,
    connect: bool | None = None,
    output_sampling_rate: Literal[8000, 16000] | None = None,
    bidirectional_sampling_rate: int | None = None,
    input_sampling_rate: int | None = None,
    header_metadata: str | None = None,
    open_metadata: str | None = None,
    status_callback: str | None = None,
    status_events: str | None = None,
) -> StreamAction:
    """Open a WebSocket to your server (sub-protocol audio.drachtio.org) and send it the audio
    of the call as S16LE frames of 20 ms, after one text frame that says whose they are. What
    your server sends back is heard by the caller. With connect the call stays in the stream
    and the actions after it run only when it cannot be opened; without, they run at once,
    beside it. In XML <Connect><Stream> is with connect and <Start><Stream> without;
    <Parameter> inside is a header of the first frame.
    """
    attributes: dict[str, object] = {
        "url": url,
        "name": name,
        "track": track,
        "connect": connect,
        "outputSamplingRate": output_sampling_rate,
        "bidirectionalSamplingRate": bidirectional_sampling_rate,
        "inputSamplingRate": input_sampling_rate,
        "headerMetadata": header_metadata,
        "openMetadata": open_metadata,
        "statusCallback": status_callback,
        "statusEvents": status_events,
    }
    made: StreamAction = one("stream", attributes)
    return made


def redirect(url: str, *, method: Literal["POST", "GET"] | None = None) -> RedirectAction:
    """Continue with the document at another address. The actions after it run only when that
    document cannot be had.
    """
    attributes: dict[str, object] = {"url": url, "method": method}
    made: RedirectAction = one("redirect", attributes)
    return made


def reject(*, reason: Literal["rejected", "busy"] | None = None) -> RejectAction:
    """Refuse a call that was not answered yet. It costs nothing."""
    attributes: dict[str, object] = {"reason": reason}
    made: RejectAction = one("reject", attributes)
    return made


def hangup() -> HangupAction:
    """End the call."""
    attributes: dict[str, object] = {}
    made: HangupAction = one("hangup", attributes)
    return made
