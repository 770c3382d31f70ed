"""The verbs of a voice document as words that follow each other.

Made by `manage.py generate` from the API description. Do not edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeVar, overload

from sautikit import sauti
from sautikit.types import Action, NestedAction

Me = TypeVar("Me", bound="Verbs")


class Verbs:
    """What `voice()` can be told."""

    def __init__(self) -> None:
        self.actions: list[Action] = []

    def say(
        self: Me,
        text: str,
        *,
        voice: Literal["woman", "alice", "man"] | None = None,
        language: str | None = None,
        loop: int | None = None,
    ) -> Me:
        """Speak a text to the caller."""
        self.actions.append(sauti.say(text, voice=voice, language=language, loop=loop))
        return self

    def play(self: Me, url: str, *, loop: int | None = None) -> Me:
        """Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate,
        at most 10 MiB and an hour. It comes from an upload, from the server of the document
        or from a host that the workspace allows, and is kept as long as its Cache-Control
        and ETag allow.
        """
        self.actions.append(sauti.play(url, loop=loop))
        return self

    def pause(self: Me, *, length: int | None = None) -> Me:
        """Let the caller hear silence."""
        self.actions.append(sauti.pause(length=length))
        return self

    def get_digits(
        self: Me,
        *,
        num_digits: int | None = None,
        timeout: int | None = None,
        finish_on_key: str | None = None,
        action: str | None = None,
        nested: Sequence[NestedAction] | None = None,
    ) -> Me:
        """Collect keys from the caller. The prompts stop at the first key. What was typed is
        posted as Digits to action; when nothing was typed the next action runs.
        """
        self.actions.append(sauti.get_digits(
            num_digits=num_digits,
            timeout=timeout,
            finish_on_key=finish_on_key,
            action=action,
            nested=nested,
        ))
        return self

    @overload
    def dial(
        self: Me,
        *,
        number: str,
        sequential: bool | None = None,
        caller_id: str | None = None,
        timeout: int | None = None,
        record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
        action: str | None = None,
    ) -> Me:
        ...

    @overload
    def dial(
        self: Me,
        *,
        numbers: Sequence[str],
        sequential: bool | None = None,
        caller_id: str | None = None,
        timeout: int | None = None,
        record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
        action: str | None = None,
    ) -> Me:
        ...

    @overload
    def dial(
        self: Me,
        *,
        sip: str | Sequence[str],
        sequential: bool | None = None,
        caller_id: str | None = None,
        timeout: int | None = None,
        record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
        action: str | None = None,
    ) -> Me:
        ...

    @overload
    def dial(
        self: Me,
        *,
        client: str | Sequence[str],
        sequential: bool | None = None,
        caller_id: str | None = None,
        timeout: int | None = None,
        record: bool | Literal["record-from-answer", "do-not-record"] | None = None,
        action: str | None = None,
    ) -> Me:
        ...

    def dial(
        self: Me,
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
    ) -> Me:
        """Call one number, or several, or a browser client or desk phone of yours, and join the
        first who answers with the caller; a caller who still rings is answered then. Each is
        a call of its own, held and billed like one you place. How it ended is sent to action
        as dialCallStatus (completed, busy, no-answer, canceled or failed), dialCallId,
        dialDestinationNumber and dialDurationInSeconds; the answer is the next document.
        """
        dial: Any = sauti.dial
        self.actions.append(dial(
            number=number,
            numbers=numbers,
            sip=sip,
            client=client,
            sequential=sequential,
            caller_id=caller_id,
            timeout=timeout,
            record=record,
            action=action,
        ))
        return self

    def conference(
        self: Me,
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
    ) -> Me:
        """Bring the caller into a room of your workspace, where everybody hears everybody else.
        The first to enter makes the room and sets its size; it starts with the first who has
        startOnEnter, and until then, or while it is full, a caller hears waitUrl. Each call
        in the room is held and billed as any other. When the caller is taken out of the room
        or it ends, the next action runs. In XML the name is the text, also inside <Dial>;
        without one the room is called conference.
        """
        self.actions.append(sauti.conference(
            name,
            flags=flags,
            max_participants=max_participants,
            record=record,
            beep=beep,
            muted=muted,
            start_on_enter=start_on_enter,
            end_on_exit=end_on_exit,
            wait_url=wait_url,
            status_events_callback_url=status_events_callback_url,
            status_events=status_events,
            collect_digits=collect_digits,
            finish_on_key=finish_on_key,
            num_digits=num_digits,
            digits_callback_url=digits_callback_url,
        ))
        return self

    def record(
        self: Me,
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
    ) -> Me:
        """Record what the caller says, until silence, a key or the longest time. What came of
        it is sent to action as recordingUrl, recordingId, recordingDurationInSeconds and
        recordingStatus, also when the caller hangs up; the answer is the next document.
        """
        self.actions.append(sauti.record(
            action=action,
            method=method,
            timeout=timeout,
            max_length=max_length,
            finish_on_key=finish_on_key,
            play_beep=play_beep,
            trim=trim,
            transcribe=transcribe,
            transcribe_callback=transcribe_callback,
        ))
        return self

    def stream(
        self: Me,
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
    ) -> Me:
        """Open a WebSocket to your server (sub-protocol audio.drachtio.org) and send it the
        audio of the call as S16LE frames of 20 ms, after one text frame that says whose they
        are. What your server sends back is heard by the caller. With connect the call stays
        in the stream and the actions after it run only when it cannot be opened; without,
        they run at once, beside it. In XML <Connect><Stream> is with connect and
        <Start><Stream> without; <Parameter> inside is a header of the first frame.
        """
        self.actions.append(sauti.stream(
            url,
            name=name,
            track=track,
            connect=connect,
            output_sampling_rate=output_sampling_rate,
            bidirectional_sampling_rate=bidirectional_sampling_rate,
            input_sampling_rate=input_sampling_rate,
            header_metadata=header_metadata,
            open_metadata=open_metadata,
            status_callback=status_callback,
            status_events=status_events,
        ))
        return self

    def redirect(self: Me, url: str, *, method: Literal["POST", "GET"] | None = None) -> Me:
        """Continue with the document at another address. The actions after it run only when
        that document cannot be had.
        """
        self.actions.append(sauti.redirect(url, method=method))
        return self

    def reject(self: Me, *, reason: Literal["rejected", "busy"] | None = None) -> Me:
        """Refuse a call that was not answered yet. It costs nothing."""
        self.actions.append(sauti.reject(reason=reason))
        return self

    def hangup(self: Me) -> Me:
        """End the call."""
        self.actions.append(sauti.hangup())
        return self
