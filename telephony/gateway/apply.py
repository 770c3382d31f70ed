"""What an engine reports, carried into calls and voice documents, each event exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from calls import services as calls
from calls.models import Call, Leg
from telephony import conferences, orders, services, spreading, streams, supervising
from telephony.interpreter import events
from telephony.models import Engine

log = logging.getLogger(__name__)

# An event is one JSON line of the engine protocol.
Line = dict[str, Any]
NOT_OURS = 404


def apply(engine_id: UUID, line: Line) -> bool:
    """Store one event with everything that follows from it; False when it was stored before.

    The row of the engine is locked at the very end: its lease is renewed there, and must not wait
    for an event that waits for a call. Raises: Engine.DoesNotExist without that row, which says
    what was stored.
    """
    with transaction.atomic():
        applied = Engine.objects.values_list("applied_seq", flat=True).get(pk=engine_id)
        if applied >= line["seq"]:
            return False
        if line["kind"] in HANDLERS:
            HANDLERS[line["kind"]](engine_id, UUID(line["leg"]), line)
        fresh = Engine.objects.filter(pk=engine_id, applied_seq__lt=line["seq"]).update(
            applied_seq=line["seq"]
        )
        if not fresh:
            # Another gateway stored it meanwhile: once is enough.
            transaction.set_rollback(True)
        return bool(fresh)


def skip(engine_id: UUID, line: Line) -> None:
    """Step over an event that cannot be stored, so that the next ones are."""
    log.error("engine %s: event %s was skipped", engine_id, line)
    Engine.objects.filter(pk=engine_id, applied_seq__lt=line["seq"]).update(applied_seq=line["seq"])


def end_leg(
    leg_id: UUID,
    *,
    connected_ms: int,
    sip_code: int | None,
    cause: str,
    ended_by: str,
    q850: int | None = None,
) -> None:
    """Close a leg, its document, and report the end of its call to the voice URL."""
    with transaction.atomic(savepoint=False):
        _lock_caller(leg_id)
        call = calls.record_ended(
            leg_id=leg_id,
            connected_ms=connected_ms,
            sip_code=sip_code,
            cause=cause,
            ended_by=ended_by,
            q850=q850,
        )
        close_document(leg_id, call)


def close_document(leg_id: UUID, call: Call) -> None:
    """End the document of a leg of a call and tell the voice URL how the call ended."""
    streams.close_all(leg_id)
    conferences.leave_all(leg_id)
    services.document_ended(leg_id=leg_id)
    supervising.leg_ended(leg_id)
    supervising.call_ended(call)
    if call.purpose and call.is_final:
        supervising.ended(call)
    elif call.parent_id and call.is_final:
        services.dialled_ended(dialled=call)
    services.report_end(call_id=call.id)


def _lock_caller(leg_id: UUID) -> None:
    """Lock the call that this leg was dialled for, which comes before the lock of its own."""
    caller = Call.objects.filter(pk__in=Call.objects.filter(legs=leg_id).values("parent_id"))
    list(caller.select_for_update().values_list("pk"))


def _incoming(engine_id: UUID, leg_id: UUID, line: Line) -> None:
    call = calls.receive_call(leg_id=leg_id, from_e164=line["from"], to_e164=line["to"])
    if call is None:
        orders.write(leg_id, "reject", engine_id=engine_id, code=NOT_OURS)
        return
    calls.assign_engine(leg_id=leg_id, engine_id=engine_id)
    orders.write(leg_id, "ring", engine_id=engine_id)
    services.start_session(call_id=call.id, leg_id=leg_id)


def _ringing(_engine_id: UUID, leg_id: UUID, _line: Line) -> None:
    call = calls.record_ringing(leg_id=leg_id)
    if call.purpose:
        supervising.rings(call)


def _answered(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    _lock_caller(leg_id)
    call = calls.record_answered(leg_id=leg_id, at=datetime.fromtimestamp(line["at"], UTC))
    if call.winner_id != leg_id or call.status != "answered":
        return
    if call.purpose:
        supervising.answered(call)
    elif call.parent_id:
        services.dialled_answered(dialled=call)
    elif not services.start_session(call_id=call.id, leg_id=leg_id, locked=call):
        # A document that began earlier waits for this answer, or for the one it has dialled.
        services.engine_event(leg_id=leg_id, event=events.Answered())
        services.caller_answered(leg_id=leg_id)


def _played(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    services.engine_event(leg_id=leg_id, event=events.Played(line["id"]))


def _gathered(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    event = events.Gathered(line["id"], line["digits"], line["reason"])
    services.engine_event(leg_id=leg_id, event=event)


def _recorded(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    services.recording_ended(
        leg_id=leg_id,
        ticket=line["id"],
        ms=line["ms"],
        reason=line["reason"],
        digits=line["digits"],
    )


def _stream(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    state, reason = line["state"], line["reason"]
    is_news = streams.changed(leg_id=leg_id, ticket=line["id"], state=state, reason=reason)
    if is_news and state == "error":
        services.engine_event(leg_id=leg_id, event=events.Streamed(line["id"], reason))


def _room_left(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    conferences.left(leg_id=leg_id, ticket=line["id"], reason=line["reason"])
    services.engine_event(leg_id=leg_id, event=events.LeftRoom(line["id"], line["reason"]))


def _room_linked(_engine_id: UUID, link_id: UUID, line: Line) -> None:
    spreading.linked(
        UUID(line["room"]),
        peer_id=UUID(line["peer"]),
        link_id=link_id,
        host=line["host"],
        port=line["port"],
    )


def _room_digits(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    conferences.typed(leg_id=leg_id, ticket=line["id"], digits=line["digits"])


def _ended(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
    if not Leg.objects.filter(pk=leg_id).exists():
        # A caller of a number that is nobody's was refused before there was a call.
        return
    end_leg(
        leg_id,
        connected_ms=line["connected_ms"],
        sip_code=line["sip_code"],
        cause=line["reason"],
        ended_by=line["ended_by"],
        # Events of an engine from before an upgrade have none.
        q850=line.get("q850"),
    )


HANDLERS: dict[str, Callable[[UUID, UUID, Line], None]] = {
    "incoming": _incoming,
    "ringing": _ringing,
    "answered": _answered,
    "played": _played,
    "gathered": _gathered,
    "recorded": _recorded,
    "stream": _stream,
    "room_left": _room_left,
    "room_digits": _room_digits,
    "room_linked": _room_linked,
    "ended": _ended,
}
