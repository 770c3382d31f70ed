"""The filters of the call list that members name and come back to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from calls.desk_models import SavedView
from kernel import clock

VIEWS_MAX: Final = 20
# A removed view can be had back so long.
UNDO: Final = timedelta(days=1)


def save_view(*, membership_id: UUID, name: str, query: str) -> SavedView | None:
    """Keep filters under a name; a known name gets the new filters. None when there are too many."""
    mine = SavedView.objects.filter(membership_id=membership_id, removed_at=None)
    with transaction.atomic():
        known = mine.select_for_update(no_key=True).filter(name__iexact=name).first()
        if known is not None:
            known.query = query
            known.save(update_fields=["query"])
            return known
        if mine.count() >= VIEWS_MAX:
            return None
        return SavedView.objects.create(membership_id=membership_id, name=name, query=query)


def rename_view(view: SavedView, *, name: str) -> bool:
    """Give a view another name; False when another view has it."""
    view.name = name
    return _saved(view, "name")


def remove_view(view: SavedView) -> None:
    """Take a view away; it can be had back for a day."""
    view.removed_at = clock.now()
    view.save(update_fields=["removed_at"])


def restore_view(view: SavedView) -> bool:
    """Bring a removed view back; False when its name has another view by now."""
    view.removed_at = None
    return _saved(view, "removed_at")


def _saved(view: SavedView, column: str) -> bool:
    try:
        with transaction.atomic():
            view.save(update_fields=[column])
    except IntegrityError:
        return False
    return True


def forget_views() -> int:
    """Delete the views that were removed more than a day ago."""
    gone, _by_model = SavedView.objects.filter(removed_at__lt=clock.now() - UNDO).delete()
    return gone
