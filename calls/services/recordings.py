"""The life of a recording: captured by an engine, sealed by a worker, fetched, forgotten."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from calls import vault
from calls.events import RecordingReady
from calls.models import Call, Recording, Rendition
from calls.queries import RECORDING_LINK, recording_url
from calls.services import storage, timeline, transcripts, voicemail
from calls.states import RECORDING
from kernel import audit, clock
from kernel.rows import Lookup, Soon
from kernel.work import enqueue

if TYPE_CHECKING:
    from calls.loudness import Sound

log = logging.getLogger(__name__)

STORE = "calls.store_recording"
ERASE = "calls.erase_recording"
LOST = "lost"
_CAPTURING = Lookup(lambda leg: Recording.objects.filter(leg=leg, state="capturing"))
VOICEMAIL = "voicemail"
# How long a worker waits for a file that its engine has not named yet.
PATIENCE = timedelta(seconds=30)
AGAIN = timedelta(seconds=1)
EXPIRED_AT_ONCE = 500


def start_recording(
    *, call: Call, leg_id: UUID, ticket: str, source: str, channels: int = 1
) -> Recording:
    """Write down that a leg is about to be recorded, once per ticket. The caller locks the call."""
    recording, _ = Recording.objects.get_or_create(
        leg_id=leg_id,
        ticket=ticket,
        defaults={
            "call": call,
            "workspace_id": call.workspace_id,
            "mode": call.mode,
            "source": source,
            "channels": channels,
        },
    )
    return recording


def record_captured(*, leg_id: UUID, ticket: str, ms: int, reason: str) -> Recording | None:
    """Take an engine's word that a recording is over and have it stored; None when unknown."""
    recording = Recording.objects.filter(leg_id=leg_id, ticket=ticket).first()
    if recording is not None:
        _capture(recording, duration_ms=ms, end_reason=reason)
    return recording


def still_capturing(leg_id: UUID) -> Soon[Recording]:
    """Ask with the next statement for the recordings whose engine has not said that they are over."""
    return _CAPTURING.soon(leg_id)


def close_recordings(capturing: Iterable[Recording]) -> None:
    """Save what can be saved of recordings whose leg is over."""
    for recording in capturing:
        _capture(recording, duration_ms=None, end_reason=LOST)


def store_recording(recording_id: UUID) -> datetime | None:
    """Seal a captured file into the storage and announce it; returns when to look again.

    May run twice: the second finds the row ready, or puts a second file that is erased at once.
    """
    # Only a worker needs numpy.
    from calls import loudness

    recording = Recording.objects.get(pk=recording_id)
    if recording.state != "captured":
        return None
    path = _captured_file(recording)
    if path is None and _is_worth_waiting(recording):
        return clock.now() + AGAIN
    try:
        sound = loudness.measure(path or recording.spool)
    except loudness.NotSound as problem:
        log.error("recording %s was lost: %s", recording.id, problem)
        _lose(recording)
        return None
    assert path is not None
    recording.file = vault.put(recording, path)
    if _announce(recording, sound):
        vault.clear_spool(recording)
    else:
        vault.erase(recording)
    return None


def open_recording(
    recording: Recording, *, actor: str, request_id: str = "", form: str = "wav"
) -> str:
    """Return a link that plays a recording for a quarter of an hour, and write down who asked."""
    audit.record(
        "recordings.read",
        actor=actor,
        subject=recording.id,
        workspace_id=recording.workspace_id,
        after={"call_id": str(recording.call_id)},
        request_id=request_id,
    )
    return recording_url(recording, form=form)


def delete_recording(recording: Recording, *, actor: str, request_id: str = "") -> bool:
    """Delete a recording, in whatever state it is; one that is gone stays as it is."""
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=recording.call_id)
        if not RECORDING.apply(recording, "delete", gone_at=clock.now(), waveform=[]):
            return False
        enqueue(ERASE, recording.id)
        timeline.write(call, "recording.deleted", {"recording_id": str(recording.id)})
        audit.record(
            "recordings.delete",
            actor=actor,
            subject=recording.id,
            workspace_id=recording.workspace_id,
            after={"call_id": str(recording.call_id)},
            request_id=request_id,
        )
        return True


def expire_recordings() -> int:
    """Let go of recordings past their time; returns how many."""
    due = Recording.objects.filter(state="ready", expires_at__lte=clock.now())
    gone = 0
    for recording in due.order_by("expires_at")[:EXPIRED_AT_ONCE]:
        with transaction.atomic():
            if RECORDING.apply(recording, "expire", gone_at=clock.now(), waveform=[]):
                enqueue(ERASE, recording.id)
                gone += 1
    return gone


def erase_recording(recording_id: UUID) -> None:
    """Remove the file of a recording that is gone."""
    recording = Recording.objects.get(pk=recording_id)
    vault.erase(recording)
    transcripts.forget_words(recording)
    Rendition.objects.filter(recording=recording).delete()
    Recording.objects.filter(pk=recording.pk).update(file="")


def _capture(recording: Recording, *, duration_ms: int | None, end_reason: str) -> None:
    with transaction.atomic():
        columns = {"duration_ms": duration_ms, "end_reason": end_reason}
        if RECORDING.apply(recording, "capture", captured_at=clock.now(), **columns):
            enqueue(STORE, recording.id)


def _captured_file(recording: Recording) -> Path | None:
    """Find the whole file, or the part of an engine that will not finish it any more."""
    if recording.spool.exists():
        return recording.spool
    part = vault.part_of(recording)
    is_left = recording.end_reason == LOST or not _is_worth_waiting(recording)
    return part if is_left and part.exists() else None


def _is_worth_waiting(recording: Recording) -> bool:
    assert recording.captured_at is not None
    is_coming = recording.end_reason != LOST
    return is_coming and clock.now() < recording.captured_at + PATIENCE


def _lose(recording: Recording) -> None:
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=recording.call_id)
        if RECORDING.apply(recording, "lose", gone_at=clock.now()):
            transcripts.lose_of(recording)
            timeline.write(call, "recording.lost", {"recording_id": str(recording.id)})
            enqueue(ERASE, recording.id)


def _announce(recording: Recording, sound: Sound) -> bool:
    """Make the stored recording ready and say so once; False when it was deleted meanwhile."""
    now = clock.now()
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=recording.call_id)
        if not RECORDING.apply(
            recording,
            "store",
            file=recording.file,
            duration_ms=sound.milliseconds,
            size_bytes=sound.size_bytes,
            channels=sound.channels,
            waveform=sound.waveform,
            ready_at=now,
            expires_at=now + storage.keeping_time(recording),
        ):
            return False
        ready = RecordingReady(
            call_id=call.id,
            number_id=call.number_id,
            recording_id=recording.id,
            duration_seconds=recording.seconds or 0,
            size_bytes=recording.size_bytes or 0,
            download_url=recording_url(recording, lifetime=RECORDING_LINK),
            expires_at=now + RECORDING_LINK,
        )
        # Who may read calls may not hear recordings, so the time line keeps no link.
        timeline.announce(call, ready, kind="recording.ready", withheld=("download_url",))
        transcripts.begin_transcript(recording)
        if recording.source == VOICEMAIL:
            voicemail.announce_message(call, recording)
        return True
