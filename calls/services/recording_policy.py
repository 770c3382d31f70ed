"""What a workspace decides about its recordings: how long they stay, what is said before one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from calls.models import RecordingPolicy
from calls.recording_models import ANNOUNCEMENT_MAX, LANGUAGES
from kernel import audit
from kernel.errors import BadRequest
from kernel.phrases import Phrase, one_of
from kernel.rows import Lookup

_POLICY = Lookup(lambda pk: RecordingPolicy.objects.filter(pk=pk))
KEEP_DAYS = (1, 7, 30, 60, 90, 180, 365, 730)


@transaction.atomic
def set_recording_policy(
    *, workspace_id: UUID, keep_days: int | None, announcement: str, language: str, actor: str
) -> RecordingPolicy:
    """Decide for recordings from now on. Locks the policy. Raises BadRequest."""
    announcement = " ".join(announcement.split())
    if keep_days is not None and keep_days not in KEEP_DAYS:
        raise BadRequest(fields=[("keep_days", one_of(KEEP_DAYS))])
    if len(announcement) > ANNOUNCEMENT_MAX:
        rule = Phrase("must be at most {most} characters", most=ANNOUNCEMENT_MAX)
        raise BadRequest(fields=[("announcement", rule)])
    if language not in LANGUAGES:
        raise BadRequest(fields=[("language", one_of(LANGUAGES))])
    RecordingPolicy.objects.get_or_create(workspace_id=workspace_id)
    row = RecordingPolicy.objects.select_for_update(no_key=True).get(pk=workspace_id)
    before = _facts(row)
    row.keep_days, row.announcement, row.language = keep_days, announcement, language
    row.save()
    audit.record(
        "recordings.policy_set",
        actor=actor,
        subject=f"workspace:{workspace_id}",
        workspace_id=workspace_id,
        before=before,
        after=_facts(row),
    )
    return row


def recording_policy(workspace_id: UUID) -> RecordingPolicy:
    """Return what holds for the recordings of a workspace."""
    found = _POLICY.first(workspace_id)
    return found or RecordingPolicy(workspace_id=workspace_id)


def shorter(kept: timedelta, workspace_id: UUID) -> timedelta:
    """Return how long a recording stays when its tier would keep it for that time."""
    days = recording_policy(workspace_id).keep_days
    return kept if days is None else min(kept, timedelta(days=days))


def _facts(row: RecordingPolicy) -> dict[str, str | int | None]:
    return {
        "keep_days": row.keep_days,
        "announcement": row.announcement,
        "language": row.language,
    }
