"""What was said in a recording: wanted by its document, written by a recogniser, told once it is there."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from calls import ports, vault
from calls.models import Call, Recording, Transcript
from calls.sealing import Unreadable
from calls.services import timeline
from calls.states import TRANSCRIPT
from kernel import clock
from kernel.work import enqueue

log = logging.getLogger(__name__)

TRANSCRIBE = "calls.transcribe"
# How long until a recogniser that is away is asked again; after the last it is over.
PAUSES = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1800, 7200))


def want_transcript(recording: Recording, *, callback_url: str) -> Transcript:
    """Write down that the words of a recording are wanted, once. The caller locks the call."""
    found, _ = Transcript.objects.get_or_create(
        recording=recording, defaults={"callback_url": callback_url}
    )
    return found


def begin_transcript(recording: Recording) -> None:
    """Have the words of a stored recording written, if anybody wants them."""
    found = Transcript.objects.filter(recording=recording, state="wanted").first()
    if found:
        enqueue(TRANSCRIBE, found.id)


def transcribe(transcript_id: UUID) -> datetime | None:
    """Ask the recogniser; returns when to ask again. May run twice: the second changes nothing."""
    transcript = Transcript.objects.select_related("recording").get(pk=transcript_id)
    recording = transcript.recording
    if transcript.state != "wanted" or recording.state != "ready":
        return None
    by = ports.recogniser()
    try:
        with vault.plain(recording) as path:
            heard = by.recognise(path)
    except ports.NotRecognised as problem:
        return _later(transcript, problem)
    except (Unreadable, OSError) as problem:
        log.error("recording %s cannot be read: %s", recording.id, problem)
        return _later(transcript, ports.NotRecognised("its file cannot be read", may_pass=True))
    columns = {"text": heard.text, "confidence_percent": heard.confidence_percent}
    _finish(transcript, "finish", recogniser=by.name, **columns)
    return None


def lose_of(recording: Recording) -> None:
    """Give up the words of a recording that was lost. The caller holds the lock of the call."""
    found = Transcript.objects.filter(recording=recording).first()
    if found:
        _finish(found, "fail", problem="the recording was lost")


def forget_words(recording: Recording) -> None:
    """Erase what was said in a recording that is gone."""
    Transcript.objects.filter(recording=recording).update(text="")


def posted(transcript: Transcript, *, is_taken: bool) -> None:
    """Count one attempt to tell the customer."""
    transcript.posts += 1
    transcript.posted_at = clock.now() if is_taken else None
    transcript.save(update_fields=["posts", "posted_at"])


def _later(transcript: Transcript, problem: ports.NotRecognised) -> datetime | None:
    attempts = transcript.attempts
    Transcript.objects.filter(pk=transcript.pk).update(attempts=attempts + 1)
    if problem.may_pass and attempts < len(PAUSES):
        return clock.now() + PAUSES[attempts]
    _finish(transcript, "fail", problem=problem.reason)
    return None


# The columns are those of the row.
def _finish(transcript: Transcript, event: str, **columns: object) -> None:
    """Store the outcome with its line of the time line, and have it told; only once."""
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(recordings=transcript.recording_id)
        now = clock.now()
        if not Recording.objects.filter(pk=transcript.recording_id, state="ready").exists():
            columns["text"] = ""
        if not TRANSCRIPT.apply(transcript, event, finished_at=now, **columns):
            return
        # Who may read calls may not hear recordings, so the time line keeps no words.
        kind = "recording.transcribed" if event == "finish" else "recording.not_transcribed"
        told = {"recording_id": str(transcript.recording_id), "reason": transcript.problem}
        timeline.write(call, kind, told)
        if transcript.callback_url:
            enqueue(ports.POST_TRANSCRIPT, transcript.id)
