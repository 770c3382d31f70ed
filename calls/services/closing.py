"""What calls do when a workspace is closed: they end, paid storage and uploads are given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.services import closing
from calls import storage
from calls.models import Call, StoragePlan
from calls.services.stopping import stop_calls
from calls.services.storage import change_tier
from calls.services.uploads import drop_uploads
from calls.states import CALL
from kernel import clock

ACTOR = "system"
REASON = "The workspace was closed."
LOOK_AGAIN = timedelta(seconds=10)


def close_calls(workspace_id: UUID) -> datetime | None:
    """End every call, go back to the free tier and delete uploads; returns when to look again.

    May run twice.
    """
    stop_calls(workspace_id=workspace_id, reason=REASON, actor=ACTOR)
    for plan in StoragePlan.objects.filter(workspace_id=workspace_id, tier_gb__gt=storage.FREE_GB):
        change_tier(workspace_id=workspace_id, mode=plan.mode, tier_gb=storage.FREE_GB, actor=ACTOR)
    running = Call.objects.filter(workspace_id=workspace_id).exclude(status__in=CALL.final)
    if running.exists():
        return clock.now() + LOOK_AGAIN
    drop_uploads(workspace_id)
    closing.calls_are_closed(str(workspace_id))
    return None
