"""The audit trail: one row for each change a person or key makes, of a kind its app declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kernel.models import AuditEntry

_kinds: dict[str, str] = {}


def declare(kinds: Mapping[str, str]) -> None:
    """Declare the kinds of action of one app, each with a sentence; called from its `trail`."""
    taken = _kinds.keys() & kinds.keys()
    if taken:
        raise ValueError(f"declared twice: {', '.join(sorted(taken))}")
    _kinds.update(kinds)


def kinds() -> Mapping[str, str]:
    """Return every declared kind of action with its sentence, by name."""
    return dict(sorted(_kinds.items()))


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
    """Write one audit row in the caller's transaction.

    Raises LookupError for a kind that no app's `trail` declares: nobody could filter by it.
    """
    if action_kind not in _kinds:
        raise LookupError(f"declare {action_kind} in the trail.py of its app")
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
