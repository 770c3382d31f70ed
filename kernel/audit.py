"""The audit trail: one row for each change a person or key makes, of a kind its app declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from kernel.models import AuditEntry

OPERATOR = "operator:"

_kinds: dict[str, str | Promise] = {}
_reason: ContextVar[str] = ContextVar("audit_reason", default="")
_request_id: ContextVar[str] = ContextVar("audit_request_id", default="")


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Give every row written inside its reason, unless it names a better one."""
    token = _reason.set(reason.strip())
    try:
        yield
    finally:
        _reason.reset(token)


def set_reason(reason: str) -> None:
    """Give the rest of this request its reason; what began the request takes it away again."""
    _reason.set(reason.strip())


def given_reason() -> str:
    """Return the reason of what is being done now, or nothing."""
    return _reason.get()


@contextmanager
def within_request(request_id: str) -> Iterator[None]:
    """Give every row written inside the id of the request that caused it, and no reason yet."""
    token = _request_id.set(request_id)
    try:
        with because(""):
            yield
    finally:
        _request_id.reset(token)


def declare(kinds: Mapping[str, str | Promise]) -> None:
    """Declare the kinds of action of one app, each with a sentence; called from its `trail`."""
    taken = _kinds.keys() & kinds.keys()
    if taken:
        raise ValueError(f"declared twice: {', '.join(sorted(taken))}")
    _kinds.update(kinds)


def kinds() -> Mapping[str, str | Promise]:
    """Return every declared kind of action with its sentence for people, by name."""
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

    A row of an operator is sealed when the transaction commits. Raises LookupError for a kind that
    no app's `trail` declares, since nobody could filter by it, and for an operator without reason.
    """
    if action_kind not in _kinds:
        raise LookupError(f"declare {action_kind} in the trail.py of its app")
    reason = reason.strip() or given_reason()
    if actor.startswith(OPERATOR) and not reason:
        raise LookupError(f"an operator says why: {action_kind} of {subject}")
    return AuditEntry.objects.create(
        action_kind=action_kind,
        actor=actor,
        subject=str(subject),
        workspace_id=workspace_id,
        before=before,
        after=after,
        reason=reason,
        request_id=request_id or _request_id.get(),
    )
