"""Rooms: who enters, when they start, who leaves and what is told of it.

Every verb holds the lock of the call it is about and then takes that of the room; orders to others
in the room need no lock of theirs.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from calls import services as calls
from calls.models import Call, Leg
from kernel import bell, clock
from kernel.work import enqueue
from telephony import notices, orders, spreading
from telephony.interpreter import effects
from telephony.models import Conference, Participant, Session
from telephony.states import CONFERENCE, LIVE_CONFERENCE, PARTICIPANT, PRESENT

TOPIC = "conferences"


def enter(call: Call, session: Session, effect: effects.Conference) -> None:
    """Seat a caller whose call is locked: in the room, before its start, or in its queue."""
    room = _room(call, session, effect)
    row = Participant.objects.create(
        conference=room,
        call=call,
        leg_id=session.leg_id,
        ticket=effect.id,
        is_muted=effect.is_muted,
        starts=effect.starts,
        ends=effect.ends,
        wait_url=effect.wait_url,
        has_music=effect.has_music,
        status_url=effect.status_url,
        status_events=list(effect.status_events) if effect.status_url else [],
        digits_url=effect.digits_url,
    )
    path = None
    if effect.records:
        recording = calls.start_recording(
            call=call, leg_id=session.leg_id, ticket=effect.id, source="conference"
        )
        path = str(recording.spool)
    orders.write(
        session.leg_id,
        "room_join",
        room=str(room.id),
        id=effect.id,
        muted=effect.is_muted,
        apart=True,
        beep=effect.beeps,
        path=path,
        num_digits=effect.num_digits,
        finish_on_key=effect.finish_on_key,
    )
    if not _seat(room, row):
        _entertain(row)
    spreading.join(room, row.leg_id)
    told = {"conference_id": str(room.id), "name": room.name, "participant_id": str(row.id)}
    calls.note(call_id=call.id, kind="conference.joined", payload=told | {"status": row.status})


def left(*, leg_id: UUID, ticket: str, reason: str) -> None:
    """Take the engine's word, or that of the leg's end, that somebody is in the room no more."""
    with transaction.atomic():
        found = Participant.objects.filter(leg_id=leg_id, ticket=ticket).first()
        if found is None or found.status == "left":
            return
        call = Call.objects.select_for_update(no_key=True).get(pk=found.call_id)
        leave(call, found, reason)


def leave(call: Call, row: Participant, reason: str) -> None:
    """Free the place of a caller whose call is locked; the next in the queue gets it."""
    room = Conference.objects.select_for_update(no_key=True).get(pk=row.conference_id)
    row.refresh_from_db()
    was_present = row.status in PRESENT
    if not PARTICIPANT.apply(row, "leave", left_at=clock.now(), leave_reason=reason):
        return
    seconds = int((clock.now() - row.joined_at).total_seconds())
    told = {"conference_id": str(room.id), "name": room.name, "seconds": seconds, "reason": reason}
    calls.note(call_id=call.id, kind="conference.left", payload=told)
    if was_present:
        notices.tell(room, "leave", row)
    if row.ends and was_present and room.is_live:
        end(room, reason="a participant whose leaving ends it has left")
    _close_when_empty(room)
    if room.is_live:
        _admit_next(room)
    spreading.shrink(room)
    ring(room)


def leave_all(leg_id: UUID, reason: str = "hangup") -> None:
    """Free the places of a leg that has ended, which its engine may never have said."""
    for ticket in _of(leg_id).values_list("ticket", flat=True):
        left(leg_id=leg_id, ticket=ticket, reason=reason)


def withdraw(call: Call, session: Session) -> None:
    """Take a caller out whose call is locked, because another document takes its place."""
    for row in _of(session.leg_id):
        orders.write(session.leg_id, "room_leave")
        leave(call, row, "replaced")


def end(room: Conference, *, reason: str) -> None:
    """Take everybody out of a room whose lock the caller holds; nobody enters it any more."""
    if not CONFERENCE.apply(room, "close"):
        return
    for row in present(room, with_queue=True):
        orders.write(row.leg_id, "room_leave")
    _close_when_empty(room)
    ring(room)


def typed(*, leg_id: UUID, ticket: str, digits: str) -> None:
    """Tell the customer which keys somebody in a room pressed."""
    with transaction.atomic():
        row = Participant.objects.filter(leg_id=leg_id, ticket=ticket).first()
        if row is None:
            return
        calls.note(call_id=row.call_id, kind="digits", payload={"digits": digits})
        room = Conference.objects.select_for_update(no_key=True).get(pk=row.conference_id)
        notices.tell_digits(room, row, digits)


def present(room: Conference, *, with_queue: bool = False) -> list[Participant]:
    """Return who has a place in a room, in the order they came."""
    states = (*PRESENT, "queued") if with_queue else PRESENT
    return list(room.participants.filter(status__in=states).select_related("call"))


def entertain(participant_id: UUID, files: list[str]) -> None:
    """Let somebody who still waits hear what was made for them."""
    row = Participant.objects.get(pk=participant_id)
    if row.status != "left" and row.is_apart:
        orders.write(row.leg_id, "room_set", apart=True, files=files)


def ring(room: Conference) -> None:
    """Wake the pages that show the rooms of a workspace, after commit."""
    bell.ring("live", f"{room.workspace_id}:{room.mode}:{TOPIC}")


def _of(leg_id: UUID) -> QuerySet[Participant]:
    return Participant.objects.filter(leg_id=leg_id).exclude(status="left")


def _room(call: Call, session: Session, effect: effects.Conference) -> Conference:
    """Lock the room of that name, or make it; another call may make or end it meanwhile."""
    mine = Conference.objects.filter(
        workspace_id=call.workspace_id, mode=call.mode, name=effect.name, status__in=LIVE_CONFERENCE
    )
    while True:
        room = mine.select_for_update(no_key=True).first()
        if room is not None:
            return room
        try:
            with transaction.atomic():
                room = Conference.objects.create(
                    workspace_id=call.workspace_id,
                    mode=call.mode,
                    name=effect.name,
                    participants_max=effect.participants_max or settings.CONFERENCE_SIZE,
                    engine_id=_engine_of(session.leg_id),
                )
            ring(room)
        except IntegrityError:
            continue
        return room


def _engine_of(leg_id: UUID) -> UUID | None:
    return Leg.objects.values_list("engine_id", flat=True).get(pk=leg_id)


def _seat(room: Conference, row: Participant) -> bool:
    """Give somebody of the queue a place; False when they hear no room yet."""
    if len(present(room)) >= room.participants_max:
        return False
    if row.starts and room.status == "waiting":
        _start(room, row)
    if PARTICIPANT.apply(row, "enter" if room.status == "running" else "wait"):
        notices.tell(room, "join", row)
    if row.status == "talking":
        orders.write(row.leg_id, "room_set", apart=row.is_held)
    ring(room)
    return not row.is_apart


def _start(room: Conference, by: Participant) -> None:
    """Let everybody who waited hear each other."""
    CONFERENCE.apply(room, "start", started_at=clock.now())
    notices.tell(room, "start", by)
    for row in room.participants.filter(status="waiting"):
        PARTICIPANT.apply(row, "enter")
        orders.write(row.leg_id, "room_set", apart=row.is_held)


def _admit_next(room: Conference) -> None:
    """Seat those who wait for a place, in the order they came."""
    for row in room.participants.filter(status="queued").select_related("call"):
        _seat(room, row)
        if row.status == "queued":
            return


def _close_when_empty(room: Conference) -> None:
    """End a room in which nobody is left, and not before: the last to leave is told first."""
    if room.participants.exclude(status="left").exists():
        return
    last = room.participants.select_related("call").order_by("-left_at").first()
    if CONFERENCE.apply(room, "end", ended_at=clock.now()) and last:
        notices.tell(room, "end", last)


def _entertain(row: Participant) -> None:
    """Have a worker make what they hear until the room takes them in."""
    if row.has_music:
        enqueue("telephony.make_music", row.id)
