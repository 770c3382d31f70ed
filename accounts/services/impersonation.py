"""Operators in a workspace of somebody else: begin with a reason, end by hand or by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.impersonation_errors import ImpersonationRefused
from accounts.models import Impersonation, Membership, User, Workspace
from kernel import audit, clock

IMPERSONATION_TTL: Final = timedelta(minutes=30)
ROLE: Final = "viewer"


@transaction.atomic
def begin_impersonation(
    *, operator: User, workspace: Workspace, reason: str, actor: str
) -> Impersonation:
    """Let an operator read a workspace for half an hour; its own audit log says so.

    Raises ImpersonationRefused for who is no operator, and for a workspace of another operator.
    """
    if not operator.is_staff or not operator.is_active:
        raise ImpersonationRefused(reason="Only operators look into a workspace.")
    others = Membership.objects.filter(workspace=workspace, user__is_staff=True)
    if others.exclude(user=operator).exists():
        raise ImpersonationRefused(reason="An operator is a member of this workspace.")
    if not reason.strip():
        raise ImpersonationRefused(reason="Say why you look into this workspace.")
    moment = clock.now()
    row = Impersonation.objects.create(
        operator=operator,
        workspace=workspace,
        reason=reason.strip()[:200],
        started_at=moment,
        expires_at=moment + IMPERSONATION_TTL,
    )
    _record(row, "workspace.impersonation_started", actor)
    return row


@transaction.atomic
def end_impersonation(row: Impersonation, *, actor: str) -> bool:
    """Take the operator out again; False when it was over before."""
    moment = clock.now()
    open_rows = Impersonation.objects.filter(pk=row.pk, ended_at=None, expires_at__gt=moment)
    if not open_rows.update(ended_at=moment):
        return False
    _record(row, "workspace.impersonation_ended", actor)
    return True


def _record(row: Impersonation, kind: str, actor: str) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=f"workspace:{row.workspace_id}",
        workspace_id=row.workspace_id,
        after={"until": clock.rfc3339(row.expires_at)},
        reason=audit.given_reason() or row.reason,
    )
