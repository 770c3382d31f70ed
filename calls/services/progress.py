"""What the far end did: rings, answers, ends. Every verb locks the call and may run twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from calls import causes, labels
from calls.events import CallAnswered, CallCompleted, CallFailed
from calls.models import Call, Leg
from calls.ports import carrier
from calls.services import pricing, timeline
from calls.services.locking import move_leg
from calls.services.recordings import close_recordings, still_capturing
from calls.states import CALL, OPEN_LEG
from kernel import clock
from kernel.rows import Lookup

_OTHERS = Lookup(
    lambda call, leg: Leg.objects.filter(call=call, state__in=OPEN_LEG).exclude(pk=leg)
)
_ASSIGN = """
    UPDATE calls_leg l SET engine_id = given.engine
      FROM unnest(%s::uuid[], %s::uuid[]) AS given (leg, engine)
     WHERE l.id = given.leg AND l.state = ANY(%s) RETURNING l.id
"""


def assign_engines(engines: Mapping[UUID, UUID]) -> set[UUID]:
    """Write down which engine has each leg, before it is told to dial or answer.

    Takes the rows of the legs and returns those that are not over: of others no engine may be told.
    """
    if not engines:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, [list(engines), list(engines.values()), list(OPEN_LEG)])
        return {leg_id for (leg_id,) in cursor.fetchall()}


def record_ringing(*, leg_id: UUID) -> Call:
    """Note that the far end rings; returns the call, locked while the caller's transaction lasts."""
    with transaction.atomic(savepoint=False):
        call, leg, is_news = move_leg(leg_id, "ring")
        if is_news and not call.is_final:
            timeline.write(call, "call.ringing", {"leg_id": str(leg.id), "to": leg.to_e164})
        return call


def record_answered(*, leg_id: UUID, at: datetime) -> Call:
    """Start the talk time of the first leg that answers and hang the others up.

    Returns the call, locked while the caller's transaction lasts.
    """
    with transaction.atomic(savepoint=False):
        call, leg, is_news = move_leg(leg_id, "answer", answered_at=at)
        if not is_news:
            return call
        if not _win(call, leg, at):
            timeline.write(call, "leg.answered_late", {"leg_id": str(leg.id), "to": leg.to_e164})
            carrier().hang_up(leg, cause="answered_elsewhere")
            return call
        _stand_down(call, leg)
        _announce_answer(call)
        if not pricing.grow(call, seconds=call.paid_until_seconds):
            # The hold is gone (it waited too long for this answer): nothing pays for the talk.
            carrier().hang_up(leg, cause="hold_lost")
        return call


def record_ended(
    *,
    leg_id: UUID,
    connected_ms: int,
    sip_code: int | None,
    cause: str,
    ended_by: str,
    q850: int | None = None,
) -> Call:
    """Close the leg; the call's last leg settles the money and the one final event.

    Returns the call, locked while the caller's transaction lasts.
    """
    with transaction.atomic(savepoint=False):
        call, leg, is_news = move_leg(
            leg_id,
            "end",
            ended_at=clock.now(),
            sip_code=sip_code or None,
            connected_ms=connected_ms,
        )
        if not is_news:
            return call
        capturing = still_capturing(leg_id)
        if call.is_final or call.winner_id not in (None, leg.id):
            _note_spare_leg(call, leg, cause, ended_by)
        elif call.winner_id == leg.id:
            _end_conversation(call, leg, ended_by, q850)
        else:
            _end_attempt(call, leg, cause, ended_by, q850)
        close_recordings(capturing.each())
        return call


def record_failure(*, call_id: UUID, failure_code: str) -> None:
    """Remember why the call is about to end badly; the first reason stays."""
    Call.objects.filter(pk=call_id, failure_code=None).update(failure_code=failure_code)


def _move(call: Call, event: str, **columns: object) -> bool:
    return CALL.apply_locked(call, event, updated_at=clock.now(), **columns)


def _win(call: Call, leg: Leg, at: datetime) -> bool:
    """Make this leg the call, at its own rate; False when another was first or the call is over."""
    remote = leg.to_e164 if call.direction == "outbound" else call.remote_e164
    return _move(
        call,
        "answer",
        winner=leg,
        answered_at=at,
        remote_e164=remote,
        rate_id=leg.rate_id,
        rate_minor_per_minute=leg.rate_minor_per_minute,
    )


def _stand_down(call: Call, winner: Leg) -> None:
    for other in _OTHERS.each(call.pk, winner.pk):
        carrier().hang_up(other, cause="answered_elsewhere")


def _announce_answer(call: Call) -> None:
    assert call.answered_at is not None
    answered = CallAnswered(
        call_id=call.id,
        direction=call.direction,
        from_=call.from_e164,
        to=call.to_e164,
        number_id=call.number_id,
        status="answered",
        pbx_call_id=call.session_id,
        answered_at=call.answered_at,
        clientRequestId=labels.echoed(call.client_request_id),
    )
    timeline.announce(call, answered, kind="call.answered", occurred_at=call.answered_at)


def _note_spare_leg(call: Call, leg: Leg, cause: str, ended_by: str) -> None:
    payload = {
        "leg_id": str(leg.id),
        "to": leg.to_e164,
        "sip_code": leg.sip_code,
        "cause": cause,
        "ended_by": ended_by,
    }
    timeline.write(call, "leg.ended", payload)


def _end_attempt(call: Call, leg: Leg, cause: str, ended_by: str, q850: int | None) -> None:
    """A leg that never answered ended: the call ends with the last of them."""
    if call.legs.filter(state__in=OPEN_LEG).exists():
        _note_spare_leg(call, leg, cause, ended_by)
        return
    # The leg of a client who calls came in, as that of any caller.
    direction = "inbound" if call.is_from_client else call.direction
    outcome = causes.of_unanswered(direction=direction, sip_code=leg.sip_code, ended_by=ended_by)
    others = call.legs.exclude(pk=leg.pk)
    if others and outcome is not causes.CANCELED:
        outcome = causes.most_telling([outcome, *(_outcome_of(call, other) for other in others)])
    assert leg.ended_at is not None
    _move(
        call,
        outcome.event,
        ended_at=leg.ended_at,
        hangup_cause=outcome.cause,
        failure_code=call.failure_code or outcome.reason,
        cost_minor=0,
    )
    pricing.release(call)
    _announce_failure(call, outcome.reason, leg, q850)


def _outcome_of(call: Call, leg: Leg) -> causes.Outcome:
    return causes.of_unanswered(direction=call.direction, sip_code=leg.sip_code, ended_by="remote")


def _end_conversation(call: Call, leg: Leg, ended_by: str, q850: int | None) -> None:
    """The leg that was answered ended: bill it and say so once."""
    assert leg.connected_ms is not None
    assert leg.ended_at is not None
    is_loss = causes.is_loss(ended_by)
    seconds = pricing.billed_seconds(leg.connected_ms, call.paid_until_seconds)
    _move(
        call,
        "fail" if is_loss else "hang_up",
        ended_at=leg.ended_at,
        connected_ms=leg.connected_ms,
        duration_seconds=seconds,
        cost_minor=pricing.price_until(call, seconds),
        hangup_cause=causes.of_answered(ended_by),
        failure_code=call.failure_code or (causes.ENGINE_LOST.reason if is_loss else None),
    )
    pricing.settle(call)
    if is_loss:
        _announce_failure(call, causes.ENGINE_LOST.reason, leg, q850)
        return
    _announce_completion(call, q850)


def _announce_completion(call: Call, q850: int | None) -> None:
    assert call.answered_at is not None
    assert call.ended_at is not None
    assert call.duration_seconds is not None
    assert call.cost_minor is not None
    completed = CallCompleted(
        call_id=call.id,
        direction=call.direction,
        from_=call.from_e164,
        to=call.to_e164,
        number_id=call.number_id,
        status="completed",
        call_status=call.status,
        pbx_call_id=call.session_id,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        duration_seconds=call.duration_seconds,
        cost_minor=call.cost_minor,
        currency=call.cost_currency,
        hangup_cause=call.hangup_cause or "",
        failure_code=call.failure_code,
        q850_cause=q850,
        clientRequestId=labels.echoed(call.client_request_id),
    )
    timeline.announce(call, completed, kind="call.completed", occurred_at=call.ended_at)


def _announce_failure(call: Call, reason: str, leg: Leg, q850: int | None) -> None:
    assert call.ended_at is not None
    was_answered = call.answered_at is not None
    failed = CallFailed(
        call_id=call.id,
        direction=call.direction,
        from_=call.from_e164,
        to=call.to_e164,
        number_id=call.number_id,
        status="failed",
        call_status=call.status,
        pbx_call_id=call.session_id,
        failure_reason=reason,
        hangup_cause=call.hangup_cause or "",
        ended_at=call.ended_at,
        answered_at=call.answered_at,
        duration_seconds=call.duration_seconds,
        cost_minor=call.cost_minor if was_answered else None,
        currency=call.cost_currency if was_answered else None,
        sip_code=leg.sip_code,
        q850_cause=q850,
        clientRequestId=labels.echoed(call.client_request_id),
    )
    timeline.announce(call, failed, kind="call.failed", occurred_at=call.ended_at)
