"""Reads of what people keep on the page of calls: their views, their exports and the links to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404

from calls.desk_models import Export, SavedView
from kernel import clock, ids
from kernel.signing import make_token, read_token

LINK_TTL: Final = timedelta(minutes=15)
EXPORTS_SHOWN: Final = 10


def views_of(membership_id: UUID) -> list[SavedView]:
    """List the views of a member by name."""
    mine = SavedView.objects.filter(membership_id=membership_id, removed_at=None)
    return sorted(mine, key=lambda view: view.name.casefold())


def access_view(membership_id: UUID, view_id: str) -> SavedView:
    """Return a view of a member, removed or not; anything else is not there."""
    mine = SavedView.objects.filter(membership_id=membership_id)
    found = mine.filter(pk=view_id).first() if ids.is_uuid(view_id) else None
    if found is None:
        raise Http404
    return found


def removed_view(membership_id: UUID, view_id: str) -> SavedView | None:
    """Return a view that its member has just removed, if that is what the id names."""
    gone = SavedView.objects.filter(membership_id=membership_id).exclude(removed_at=None)
    return gone.filter(pk=view_id).first() if ids.is_uuid(view_id) else None


def exports_of(workspace_id: UUID, mode: str) -> list[Export]:
    """List the newest exports of a workspace and mode."""
    rows = Export.objects.filter(workspace_id=workspace_id, mode=mode)
    return list(rows.order_by("-created_at")[:EXPORTS_SHOWN])


def access_export(workspace_id: UUID, mode: str, export_id: UUID) -> Export:
    """Return an export of a workspace and mode; anything else is not there."""
    found = Export.objects.filter(workspace_id=workspace_id, mode=mode, pk=export_id).first()
    if found is None:
        raise Http404
    return found


def export_url(export: Export) -> str:
    """Return an address that gives this one file for a quarter of an hour, without signing in."""
    until = int((clock.now() + LINK_TTL).timestamp())
    token = make_token(settings.PEPPER, "export", str(export.pk), str(until))
    return f"{settings.PUBLIC_URL}/exports/{token}.csv"


def export_of_link(token: str) -> Export | None:
    """Return the export a link opens, or None when it was not ours or is over."""
    parts = read_token(settings.PEPPER, token)
    if parts is None or len(parts) != 3 or parts[0] != "export":
        return None
    if int(parts[2]) < clock.now().timestamp():
        return None
    return Export.objects.filter(pk=parts[1], state="ready").first()
