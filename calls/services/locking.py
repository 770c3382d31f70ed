"""Rows of a call as their writers read them: under the lock of the call, which lasts a transaction."""

from __future__ import annotations

from uuid import UUID

from calls.models import Call, Leg
from kernel.rows import Lookup

_CALL = Lookup(lambda pk: Call.objects.select_for_update(no_key=True).filter(pk=pk))
_LEG = Lookup(
    lambda pk: (
        Leg.objects.select_related("call")
        .select_for_update(no_key=True, of=("call",))
        .filter(pk=pk)
    )
)
_PARENT = Lookup(
    lambda leg: Call.objects.select_for_update(no_key=True).filter(
        pk__in=Call.objects.filter(legs=leg).values("parent_id")
    )
)


def lock_call(call_id: UUID) -> Call:
    """Lock a call and read it. Raises Call.DoesNotExist."""
    return _CALL.get(call_id)


def lock_leg(leg_id: UUID) -> tuple[Call, Leg]:
    """Lock the call of a leg and read both. Raises Leg.DoesNotExist.

    What of the leg may change is only ever compared by the statement that changes it.
    """
    leg = _LEG.get(leg_id)
    return leg.call, leg


def lock_parent(leg_id: UUID) -> None:
    """Lock the call that the call of a leg was dialled for: its lock comes before that of its own."""
    _PARENT.first(leg_id)
