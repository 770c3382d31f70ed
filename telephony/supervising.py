"""Supervisors: who hears a call, speaks to its agent or to all, and what is told of it.

Every verb takes the lock of the supervised call, before that of the supervisor's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls import services as calls
from calls.models import Call
from kernel import audit, clock
from kernel.errors import BadRequest
from kernel.phrases import Phrase
from kernel.work import enqueue
from telephony import inside, orders
from telephony.errors import (
    CallNotLive,
    SupervisionInProgress,
    SupervisionNotFound,
    SupervisorRings,
)
from telephony.events import (
    SupervisionConnected,
    SupervisionEnded,
    SupervisionFailed,
    SupervisionModeChanged,
    SupervisionStarted,
)
from telephony.models import Session, Supervision
from telephony.states import LIVE_SUPERVISION, SUPERVISION

PURPOSE = "supervision"
PHONE, CLIENT, SIP = TYPES = ("phone", "client", "sip")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked: who supervises, and how."""

    mode: str
    type: str
    identity: str = ""
    number: str = ""
    announce: str = "none"
    label: str = ""
    notify_agent: bool = True


def supervise(call: Call, wish: Wish, *, actor: str) -> Supervision:
    """Call a supervisor for a call; the first slice of their talk time is held before they ring.

    Raises BadRequest, CallNotLive, SupervisionInProgress and what dialling raises.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        if call.status != "answered" or call.purpose:
            raise CallNotLive(status=call.purpose or call.status)
        if current(call) is not None:
            raise SupervisionInProgress
        theirs = _call_supervisor(call, wish)
        row = Supervision.objects.create(
            call=call,
            supervisor_call=theirs,
            supervisor_leg_id=theirs.legs.values_list("pk", flat=True)[0],
            agent_leg_id=agent_leg(call),
            mode=wish.mode,
            announce=wish.announce,
            notify_agent=wish.notify_agent,
            type=wish.type,
            identity=wish.identity,
            number=wish.number,
            label=wish.label,
        )
        _announce(call, SupervisionStarted(**_facts(row)), "started")
        _record(row, "started", actor)
    return row


def change_mode(call: Call, mode: str, *, actor: str) -> Supervision:
    """Switch between listening, whispering and barging without another call.

    Raises SupervisionNotFound or SupervisorRings.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        row = current(call)
        if row is None:
            raise SupervisionNotFound
        if row.state != "connected":
            raise SupervisorRings
        if row.mode == mode:
            return row
        before, row.mode = row.mode, mode
        row.save(update_fields=["mode"])
        _join(row)
        changed = SupervisionModeChanged(**_facts(row), previous_mode=before)
        _announce(call, changed, "mode_changed")
        _record(row, "mode_changed", actor)
    return row


def stop(call: Call, *, actor: str) -> None:
    """Hang the supervisor up; without one nothing happens."""
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        row = current(call)
        if row is not None:
            _record(row, "ended", actor)
            calls.hang_up(row.supervisor_call)


def current(call: Call) -> Supervision | None:
    """Return the supervision of a call that has not ended."""
    rows = Supervision.objects.filter(call=call, state__in=LIVE_SUPERVISION)
    return rows.select_related("supervisor_call").first()


def agent_leg(call: Call) -> UUID:
    """Name whose ear a whisper reaches: a client of ours, else whom the caller was joined with.

    A call that was itself dialled for another, and one with nobody else in it, is its own.
    """
    assert call.winner_id is not None
    if call.client or call.parent_id:
        return call.winner_id
    session = Session.objects.filter(pk=call.id).first()
    joined = session.dial["winner"] if session and session.dial else None
    other = Call.objects.filter(pk=joined).first() if joined else None
    return (other and other.winner_id) or call.winner_id


# What the engine says of the supervisor's own call.


def rings(theirs: Call) -> None:
    """Note that the supervisor rings."""
    row = Supervision.objects.get(supervisor_call=theirs)
    SUPERVISION.apply(row, "ring")


def answered(theirs: Call) -> None:
    """Let the supervisor hear the call, unless it is over."""
    with transaction.atomic():
        row = _locked(theirs)
        if row.call.is_final or not SUPERVISION.apply(row, "connect", connected_at=clock.now()):
            calls.hang_up(theirs)
            return
        row.agent_leg_id = agent_leg(row.call)
        row.save(update_fields=["agent_leg_id"])
        _join(row)
        _announce(row.call, SupervisionConnected(**_facts(row)), "connected")
        if row.announce != "none":
            enqueue("telephony.announce_supervisor", row.id)


def ended(theirs: Call) -> None:
    """Take the end of the supervisor's call: an end, or a failure when nobody came to hear it."""
    with transaction.atomic():
        row = _locked(theirs)
        seconds = theirs.duration_seconds or 0
        if row.connected_at or theirs.status in ("canceled", "completed"):
            if SUPERVISION.apply(row, "end", ended_at=clock.now()):
                ended = SupervisionEnded(**_facts(row), seconds=seconds)
                _announce(row.call, ended, "ended")
            return
        reason = theirs.failure_code or theirs.status
        if SUPERVISION.apply(row, "fail", ended_at=clock.now(), failure_code=reason):
            failed = SupervisionFailed(**_facts(row), failure_reason=reason)
            _announce(row.call, failed, "failed")


def leg_ended(leg_id: UUID) -> None:
    """End the supervision of a call that is over; with another leg left, listen there."""
    for row in Supervision.objects.filter(agent_leg_id=leg_id, state__in=LIVE_SUPERVISION):
        call = Call.objects.select_for_update(no_key=True).get(pk=row.call_id)
        if call.is_final or call.winner_id in (None, leg_id):
            continue
        row.agent_leg_id = call.winner_id
        row.save(update_fields=["agent_leg_id"])
        if row.state == "connected":
            _join(row)


def call_ended(call: Call) -> None:
    """Hang up whoever supervises a call that is over."""
    row = current(call) if call.is_final else None
    if row is not None:
        calls.hang_up(row.supervisor_call)


def _call_supervisor(call: Call, wish: Wish) -> Call:
    seconds = settings.CALL_DIAL_TIMEOUT_SECONDS
    if wish.type == PHONE:
        return calls.dial_call(
            parent=call,
            to_e164=wish.number,
            caller_id="",
            ring_timeout_seconds=seconds,
            purpose=PURPOSE,
        )
    scheme = wish.identity if wish.identity.startswith(("sip:", "client:")) else ""
    usual = f"client:{wish.identity}" if wish.type == CLIENT else inside.sip_address(wish.identity)
    device = inside.find(call.workspace_id, call.mode, scheme or usual)
    if device is None:
        reason = Phrase("is no client or SIP phone of yours")
        raise BadRequest(fields=[("supervisor.identity", reason)])
    return calls.dial_device(
        parent=call,
        device=device,
        caller_id=call.local_e164,
        ring_timeout_seconds=seconds,
        purpose=PURPOSE,
    )


def _locked(theirs: Call) -> Supervision:
    """Lock the supervised call and return its supervision with both calls as they are now."""
    row = Supervision.objects.get(supervisor_call=theirs)
    row.call = Call.objects.select_for_update(no_key=True).get(pk=row.call_id)
    return row


def _join(row: Supervision) -> None:
    orders.write(
        row.supervisor_leg_id,
        "supervise",
        other=str(row.agent_leg_id),
        id=str(row.id),
        mode=row.mode,
        notify=row.notify_agent,
    )


def _announce(call: Call, event: object, what: str) -> None:
    calls.announce(call, event, kind=f"call.supervision.{what}")


# The facts are the fields that all events of a supervision share.
def _facts(row: Supervision) -> dict[str, Any]:
    return {
        "supervision_id": row.id,
        "call_id": row.call_id,
        "session_id": row.call.session_id,
        "supervisor_leg_id": row.supervisor_leg_id,
        "mode": row.mode,
        "announce": row.announce,
        "supervisor": supervisor_of(row),
        "notify_agent": row.notify_agent,
        "state": row.state,
    }


# The shape is the contract's.
def supervisor_of(row: Supervision) -> dict[str, str | None]:
    """Return who supervises, as events and replies say it."""
    return {
        "type": row.type,
        "identity": row.identity or None,
        "number": row.number or None,
        "label": row.label or None,
    }


def _record(row: Supervision, what: str, actor: str) -> None:
    audit.record(
        f"calls.supervision_{what}",
        actor=actor,
        subject=row.call_id,
        workspace_id=row.call.workspace_id,
        after={"mode": row.mode, "supervisor": supervisor_of(row)},
    )
