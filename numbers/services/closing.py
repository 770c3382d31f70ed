"""What numbers do when a workspace is closed: they go back to the pool."""

from __future__ import annotations

from uuid import UUID

from numbers.errors import NumberNotAssigned
from numbers.models import Number
from numbers.services.claims import release_number
from numbers.states import HELD


def release_all(workspace_id: UUID) -> int:
    """Release every number of a workspace, with the credit for unused days. May run twice."""
    released = 0
    for number in Number.objects.filter(workspace_id=workspace_id, status__in=HELD).order_by("id"):
        try:
            release_number(number)
        except NumberNotAssigned:
            continue
        released += 1
    return released
