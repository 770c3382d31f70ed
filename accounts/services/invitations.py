"""Invitations: offered by mail, bound to one address, open for seven days."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationNotFound,
    InviteEmailMismatch,
)
from accounts.models import Invitation, Membership, User, Workspace
from accounts.services.members import check_may_give
from kernel import audit, clock, mail, signing

LIFE = timedelta(days=7)


def invite(
    workspace: Workspace, *, email: str, role: str, by: User, by_role: str, actor: str
) -> Invitation:
    """Offer a seat and mail the link; an open invitation of the address is sent anew instead.

    Locks the workspace. Raises RoleChangeDenied and AlreadyMember.
    """
    email = email.strip().lower()
    check_may_give(role, by_role)
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        if Membership.objects.filter(workspace=workspace, user__email=email).exists():
            raise AlreadyMember(email=email)
        row = _open_ones(workspace).filter(email=email).first()
        row = row or Invitation(workspace=workspace, email=email)
        row.role, row.invited_by = role, by
        _send(row)
        _record(row, "invitation.sent", actor)
    return row


def resend_invitation(invitation: Invitation, *, by_role: str, actor: str) -> Invitation:
    """Mail a new link and start the seven days anew; the old link ends.

    Raises InvitationNotFound and RoleChangeDenied.
    """
    check_may_give(invitation.role, by_role)
    with transaction.atomic():
        row = _lock(invitation)
        _send(row)
        _record(row, "invitation.sent", actor)
    return row


def revoke_invitation(invitation: Invitation, *, actor: str) -> None:
    """Take an invitation back. Raises InvitationNotFound when it is no longer open."""
    with transaction.atomic():
        row = _lock(invitation)
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        _record(row, "invitation.revoked", actor)


def find_invitation(token: str) -> Invitation:
    """Read the invitation a link names. Raises InvitationNotFound and InvitationExpired."""
    row = (
        Invitation.objects.select_related("workspace", "invited_by")
        .filter(token_digest=_digest(token), accepted_at=None, revoked_at=None)
        .first()
    )
    if row is None:
        raise InvitationNotFound()
    if row.state == "expired":
        raise InvitationExpired()
    return row


def accept_invitation(token: str, *, user: User) -> Membership:
    """Take the seat; clicking twice seats once. Locks the workspace.

    Raises InvitationNotFound, InvitationExpired and InviteEmailMismatch.
    """
    found = find_invitation(token)
    if found.email != user.email:
        raise InviteEmailMismatch(email=found.email)
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=found.workspace_id)
        row = _lock(found)
        if row.token_digest != found.token_digest:
            raise InvitationNotFound()
        row.accepted_at = clock.now()
        row.save(update_fields=["accepted_at"])
        seat, _ = Membership.objects.get_or_create(
            user=user, workspace=row.workspace, defaults={"role": row.role}
        )
        _record(row, "invitation.accepted", f"user:{user.id}")
    return seat


def _open_ones(workspace: Workspace) -> QuerySet[Invitation]:
    return Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)


def _lock(invitation: Invitation) -> Invitation:
    rows = _open_ones(invitation.workspace).select_related("workspace", "invited_by")
    row = rows.select_for_update(no_key=True, of=("self",)).filter(id=invitation.id).first()
    if row is None:
        raise InvitationNotFound()
    return row


def _send(row: Invitation) -> None:
    token = secrets.token_urlsafe(32)
    row.token_digest = _digest(token)
    row.sent_at = clock.now()
    row.expires_at = row.sent_at + LIFE
    row.save()
    context = {
        "workspace": row.workspace,
        "role": row.role,
        "inviter": row.invited_by.get_full_name() if row.invited_by else row.workspace.name,
        "url": f"{settings.PUBLIC_URL}/invitations/{token}",
    }
    mail.post(row.email, "invitation", context)


def _digest(token: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "invitation", token)


def _record(row: Invitation, kind: str, actor: str) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=f"invitation:{row.id}",
        workspace_id=row.workspace_id,
        after={"email": row.email, "role": row.role},
    )
