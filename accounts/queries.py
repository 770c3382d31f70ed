"""Reads of accounts that more than one door needs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.errors import ApiKeyNotFound
from accounts.models import ApiKey, Membership, User
from kernel import ids


def active_membership(user: User, workspace_id: str | None) -> Membership | None:
    """Find the membership a session works in: the chosen workspace, else the person's first."""
    mine = Membership.objects.select_related("workspace").filter(user=user).order_by("created_at")
    if workspace_id and ids.is_uuid(workspace_id):
        chosen = mine.filter(workspace_id=workspace_id).first()
        if chosen is not None:
            return chosen
    return mine.first()


def memberships(user: User) -> QuerySet[Membership]:
    """List every workspace of a person, oldest first."""
    return Membership.objects.select_related("workspace").filter(user=user).order_by("created_at")


def owner_emails(workspace_id: UUID) -> list[str]:
    """List the addresses that are told when money or numbers are at stake."""
    owners = Membership.objects.filter(workspace_id=workspace_id, role="owner")
    return list(owners.order_by("created_at").values_list("user__email", flat=True))


def api_keys(workspace_id: UUID, mode: str) -> QuerySet[ApiKey]:
    """List the keys of a workspace and mode."""
    return ApiKey.objects.select_related("created_by").filter(workspace_id=workspace_id, mode=mode)


def access_api_key(workspace_id: UUID, mode: str, key_id: str) -> ApiKey:
    """Fetch one key of a workspace and mode. Raises ApiKeyNotFound."""
    key = api_keys(workspace_id, mode).filter(id=key_id).first() if ids.is_uuid(key_id) else None
    if key is None:
        raise ApiKeyNotFound()
    return key


def key_by_digest(digest: str) -> tuple[ApiKey, str | None] | None:
    """Find a key by its hash, with its workspace and its maker, and the maker's role now.

    One query. The role is None when the maker left the workspace.
    """
    role = Membership.objects.filter(
        user=OuterRef("created_by"), workspace=OuterRef("workspace")
    ).values("role")
    rows = ApiKey.objects.select_related("workspace", "created_by")
    key = rows.annotate(role_of_maker=Subquery(role)).filter(digest=digest).first()
    return None if key is None else (key, key.role_of_maker)


def workspace_api_keys(workspace_id: UUID) -> QuerySet[ApiKey]:
    """List the keys of both modes, living ones first, for people to look after."""
    keys = ApiKey.objects.select_related("created_by").filter(workspace_id=workspace_id)
    return keys.order_by(F("revoked_at").asc(nulls_first=True), "-created_at")
