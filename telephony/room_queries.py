"""Reads of rooms: those of a workspace, who is there, and their wire form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from kernel import clock
from kernel.ids import is_uuid
from telephony.errors import ConferenceNotFound
from telephony.models import Conference, Participant
from telephony.states import LIVE_CONFERENCE, PRESENT

# How a client reads the states.
STATUSES = {
    "waiting": "waiting",
    "running": "in_progress",
    "ending": "ended",
    "ended": "ended",
}
PARTICIPANT_STATUSES = {
    "queued": "queued",
    "waiting": "waiting",
    "talking": "joined",
    "left": "left",
}
SCOPES = ("live", "ended", "all")


def list_rooms(workspace_id: UUID, mode: str, *, which: str = "live") -> QuerySet[Conference]:
    """Return the rooms of a workspace and mode with whoever is in them."""
    rows = Conference.objects.filter(workspace_id=workspace_id, mode=mode)
    if which == "live":
        rows = rows.filter(status__in=LIVE_CONFERENCE)
    elif which == "ended":
        rows = rows.exclude(status__in=LIVE_CONFERENCE)
    return rows.prefetch_related(_people())


def access_room(workspace_id: UUID, mode: str, key: str) -> Conference:
    """Return the open room of a name, or any room by its id; raises ConferenceNotFound."""
    rows = Conference.objects.filter(workspace_id=workspace_id, mode=mode)
    room = rows.filter(name=key, status__in=LIVE_CONFERENCE).prefetch_related(_people()).first()
    if room is None and is_uuid(key):
        room = rows.filter(pk=key).prefetch_related(_people()).first()
    if room is None:
        raise ConferenceNotFound
    return room


# The shape is the reply's.
def room_as_json(room: Conference) -> dict[str, Any]:
    """Return the wire form of a room: who is there, or, once it has ended, who was."""
    people = [row for row in room.participants.all() if not room.is_live or row.status != "left"]
    return {
        "conference_id": str(room.id),
        "name": room.name,
        "mode": room.mode,
        "status": STATUSES[room.status],
        "max_participants": room.participants_max,
        "participant_count": sum(row.status in PRESENT for row in people),
        "participants": [_person(row) for row in people],
        "created_at": clock.rfc3339(room.created_at),
        "started_at": clock.rfc3339(room.started_at),
        "ended_at": clock.rfc3339(room.ended_at),
    }


def _people() -> Prefetch[str]:
    people = Participant.objects.select_related("call").order_by("joined_at", "id")
    return Prefetch("participants", queryset=people)


# The shape is the reply's.
def _person(row: Participant) -> dict[str, Any]:
    return {
        "participant_id": str(row.id),
        "call_id": str(row.call_id),
        "session_id": row.call.session_id,
        "caller": row.call.remote_e164,
        "status": PARTICIPANT_STATUSES[row.status],
        "muted": row.is_muted,
        "held": row.is_held,
        "start_on_enter": row.starts,
        "end_on_exit": row.ends,
        "joined_at": clock.rfc3339(row.joined_at),
        "left_at": clock.rfc3339(row.left_at),
    }
