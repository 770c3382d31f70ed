"""Members: their roles, and how they leave; a workspace always keeps an owner."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import LastOwner, MemberNotFound, RemoveDenied, RoleChangeDenied
from accounts.models import Membership, Workspace
from accounts.roles import outranks
from accounts.services.keys import revoke_keys_of
from accounts.services.leaving import has_other_owner
from kernel import audit


def change_role(membership: Membership, *, role: str, by_role: str, actor: str) -> Membership:
    """Give a member another role. Locks the workspace, so two owners cannot both step down.

    Raises MemberNotFound, RoleChangeDenied and LastOwner.
    """
    with transaction.atomic():
        row = _lock(membership)
        check_may_give(role, by_role)
        check_may_give(row.role, by_role)
        if row.role == role:
            return row
        if row.role == "owner":
            _check_other_owner(row)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        _record(row, "member.role_changed", actor, before={"role": before}, after={"role": role})
    return row


def remove_member(membership: Membership, *, by_role: str, actor: str) -> None:
    """End a membership and revoke the keys its person made here. Locks the workspace.

    Raises MemberNotFound, RemoveDenied and LastOwner.
    """
    with transaction.atomic():
        row = _lock(membership)
        if outranks(row.role, by_role):
            raise RemoveDenied()
        _end(row, "member.removed", actor)


def leave(membership: Membership, *, actor: str) -> None:
    """End one's own membership, whatever its role. Raises MemberNotFound and LastOwner."""
    with transaction.atomic():
        _end(_lock(membership), "member.left", actor)


def check_may_give(role: str, by_role: str) -> None:
    """Let nobody hand out or take away a role above their own. Raises RoleChangeDenied."""
    if by_role not in ("admin", "owner") or outranks(role, by_role):
        raise RoleChangeDenied(role=role)


def _lock(membership: Membership) -> Membership:
    """Lock the workspace, then read the membership as it is now."""
    Workspace.objects.select_for_update(no_key=True).get(id=membership.workspace_id)
    row = Membership.objects.select_related("user", "workspace").filter(id=membership.id).first()
    if row is None:
        raise MemberNotFound()
    return row


def _end(row: Membership, kind: str, actor: str) -> None:
    if row.role == "owner":
        _check_other_owner(row)
    revoke_keys_of(user_id=row.user_id, workspace_id=row.workspace_id, actor=actor)
    _record(row, kind, actor, before={"email": row.user.email, "role": row.role})
    row.delete()


def _check_other_owner(row: Membership) -> None:
    if not row.workspace.is_closed and not has_other_owner(row.workspace_id, row.user_id):
        raise LastOwner()


def _record(
    row: Membership,
    kind: str,
    actor: str,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=f"user:{row.user_id}",
        workspace_id=row.workspace_id,
        before=before,
        after=after,
    )
