"""Rooms on several engines: each mixes its own callers and is linked to the engine of the hub.

Every verb is called under the lock of the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

from calls.models import Leg
from telephony import orders
from telephony.models import Conference


def join(room: Conference, leg_id: UUID) -> None:
    """Link the engine of somebody who enters to that of the room; repeats are harmless."""
    engine_id = Leg.objects.values_list("engine_id", flat=True).get(pk=leg_id)
    if engine_id and room.engine_id and engine_id != room.engine_id:
        _link(room, engine_id)


def shrink(room: Conference) -> None:
    """Take the links of a room away when it ends; move its hub when nobody is left there."""
    there = _engines(room.participants.exclude(status="left").values_list("leg_id", flat=True))
    if room.engine_id is None or room.engine_id in there:
        return
    for engine_id in _engines(room.participants.values_list("leg_id", flat=True)):
        _unlink(room, engine_id)
    if there:
        room.engine_id = there[0]
        room.save(update_fields=["engine_id"])
        for engine_id in there[1:]:
            _link(room, engine_id)


def linked(room_id: UUID, *, peer_id: UUID, link_id: UUID, host: str, port: int) -> None:
    """Tell the other engine of a link where this one listens."""
    where = {"room": str(room_id), "host": host, "port": port}
    orders.write(link_id, "room_link_to", engine_id=peer_id, **where)


def _engines(leg_ids: Iterable[UUID]) -> list[UUID]:
    """Return the engines of some legs, each once, the one of the oldest leg first."""
    legs = Leg.objects.filter(pk__in=list(leg_ids), engine_id__isnull=False).order_by("pk")
    return [it for it in dict.fromkeys(legs.values_list("engine_id", flat=True)) if it]


def _name(room: Conference, engine_id: UUID) -> UUID:
    """Name the link of a hub and another engine; another hub has others."""
    return uuid5(room.id, f"{room.engine_id}:{engine_id}")


def _link(room: Conference, engine_id: UUID) -> None:
    assert room.engine_id is not None
    ends = (room.engine_id, engine_id)
    for mine, other in (ends, ends[::-1]):
        facts = {"room": str(room.id), "peer": str(other)}
        orders.write(_name(room, engine_id), "room_link", engine_id=mine, **facts)


def _unlink(room: Conference, engine_id: UUID) -> None:
    if room.engine_id is None or engine_id == room.engine_id:
        return
    for mine in (room.engine_id, engine_id):
        orders.write(_name(room, engine_id), "room_unlink", engine_id=mine, room=str(room.id))
