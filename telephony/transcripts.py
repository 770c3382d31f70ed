"""Telling customers what was said: a signed post to the transcribeCallback, again until it is taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from calls import services as calls
from calls.models import Call, Transcript
from calls.queries import RECORDING_LINK, recording_url
from kernel import clock
from telephony import callback
from telephony.errors import CallbackFailed
from telephony.models import Fetch

PURPOSE = "transcription"
STATUSES = {"done": "completed", "failed": "failed"}
PAUSES = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1800, 7200, 18000, 36000))


def post(transcript_id: UUID) -> datetime | None:
    """Post the outcome once; returns when to try again. May run twice: one more post at worst."""
    transcript = Transcript.objects.select_related("recording").get(pk=transcript_id)
    recording = transcript.recording
    if transcript.posted_at or transcript.state not in STATUSES or recording.state == "deleted":
        return None
    call = Call.objects.select_related("number", "workspace").get(pk=recording.call_id)
    question = Fetch(
        call=call, url=transcript.callback_url, purpose=PURPOSE, params=_params(transcript)
    )
    try:
        callback.ask(question)
    except CallbackFailed as problem:
        calls.posted(transcript, is_taken=False)
        if transcript.posts <= len(PAUSES):
            return clock.now() + PAUSES[transcript.posts - 1]
        calls.note(call_id=call.id, kind="voice.error", payload={"reason": problem.reason})
        return None
    calls.posted(transcript, is_taken=True)
    return None


def _params(transcript: Transcript) -> dict[str, str]:
    recording = transcript.recording
    url = recording_url(recording, lifetime=RECORDING_LINK)
    status = STATUSES[transcript.state]
    sure = transcript.confidence_percent
    return {
        "transcriptionId": str(transcript.id),
        "transcriptionStatus": status,
        "TranscriptionStatus": status,
        "transcriptionText": transcript.text,
        "TranscriptionText": transcript.text,
        "transcriptionConfidence": "" if sure is None else f"{sure // 100}.{sure % 100:02d}",
        "transcriptionReason": transcript.problem,
        "recordingId": str(recording.id),
        "recordingUrl": url,
        "RecordingUrl": url,
        "recordingDurationInSeconds": str(recording.seconds or 0),
    }
