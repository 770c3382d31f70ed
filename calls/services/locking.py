"""Rows of a call as their writers read them: under the lock of the call, which lasts a transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from calls.models import Call, Leg
from calls.states import LEG
from kernel.rows import Lookup, Soon, known

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


def lock_call_soon(call_id: UUID) -> Soon[Call]:
    """Lock a call with the next statement; it is read afterwards. Raises Call.DoesNotExist then."""
    return _CALL.soon(call_id)


def lock_leg(leg_id: UUID) -> tuple[Call, Leg]:
    """Lock the call of a leg and read both. Raises Leg.DoesNotExist.

    What of the leg may change is only ever compared by the statement that changes it.
    """
    leg = _LEG.get(leg_id)
    return leg.call, leg


# Columns are those of a leg.
def move_leg(leg_id: UUID, event: str, **columns: Any) -> tuple[Call, Leg, bool]:
    """Lock the call of a leg, move the leg, and return both and whether it moved; one trip.

    Raises Leg.DoesNotExist.
    """
    found, moved = _LEG.soon(leg_id), known(Leg, leg_id)
    has_moved = LEG.apply(moved, event, **columns)
    leg = found.get()
    if has_moved:
        for name in (LEG.column, *columns):
            setattr(leg, name, getattr(moved, name))
    return leg.call, leg, has_moved


def lock_parent(leg_id: UUID) -> None:
    """Lock the call that the call of a leg was dialled for: its lock comes before that of its own."""
    _PARENT.first(leg_id)
