"""The audit trail: one row for each change a person or key makes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel.models import AuditEntry


# Before and after are the JSON of whatever was changed.
def record(
    action_kind: str,
    *,
    actor: str,
    subject: object,
    workspace_id: UUID | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    request_id: str = "",
) -> AuditEntry:
    """Write one audit row in the caller's transaction."""
    return AuditEntry.objects.create(
        action_kind=action_kind,
        actor=actor,
        subject=str(subject),
        workspace_id=workspace_id,
        before=before,
        after=after,
        reason=reason,
        request_id=request_id,
    )
