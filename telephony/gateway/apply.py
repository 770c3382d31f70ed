"""What an engine reports, carried into calls and voice documents, each event exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from calls import services as calls
from calls.models import Call
from telephony import conferences, orders, services, spreading, streams, supervising
from telephony.interpreter import events
from telephony.models import Engine
from telephony.states import LIVE_SUPERVISION

log = logging.getLogger(__name__)

# An event is one JSON line of the engine protocol.
Line = dict[str, Any]
NOT_OURS = 404
# What is stored of the engine, whether the leg is known, and whose call it was dialled for.
FACTS = """
    SELECT e.applied_seq, l.id IS NOT NULL, c.parent_id
      FROM telephony_engine e LEFT JOIN calls_leg l ON l.id = %s
      LEFT JOIN calls_call c ON c.id = l.call_id WHERE e.id = %s
"""
FAMILIES_MAX = 10_000
APPLIED = """
    UPDATE telephony_engine SET applied_seq = %(seq)s
     WHERE id = %(engine)s AND applied_seq < %(seq)s
"""
# What a leg that ended may have left open: streams, places in rooms, supervisions; and whether the
# end of its call was reported. The states stand in the text, so that the indexes of the few are used.
LEFT_OPEN = f"""
    SELECT EXISTS (SELECT 1 FROM telephony_stream WHERE leg_id = %(leg)s AND closed_at IS NULL),
           EXISTS (SELECT 1 FROM telephony_participant WHERE leg_id = %(leg)s AND status <> 'left'),
           EXISTS (SELECT 1 FROM telephony_supervision
                    WHERE (agent_leg_id = %(leg)s OR call_id = %(call)s) AND state IN {LIVE_SUPERVISION}),
           EXISTS (SELECT 1 FROM telephony_fetch WHERE call_id = %(call)s AND ticket = '')
"""  # noqa: S608 - our names


@dataclass(frozen=True, slots=True)
class Family:
    """A leg that is known: whose call it was dialled for, if any. Neither changes while it lives."""

    parent_id: UUID | None


_families: dict[UUID, Family] = {}


def apply(engine_id: UUID, line: Line) -> bool:
    """Store one event with everything that follows from it; False when it was stored before.

    The row of the engine is locked at the very end: its lease is renewed there, and must not wait
    for an event that waits for a call. Raises: Engine.DoesNotExist without that row, which says
    what was stored.
    """
    with transaction.atomic():
        leg_id = UUID(line["leg"])
        family = _families.get(leg_id)
        if family is None:
            applied, family = _look(engine_id, leg_id)
            if applied >= line["seq"]:
                return False
        if family and family.parent_id:
            # Its lock comes before that of a call that was dialled for it.
            calls.lock_call(family.parent_id)
        # A caller of a number that is nobody's was refused before there was a call.
        if line["kind"] in HANDLERS and (family or line["kind"] in OF_NO_LEG):
            HANDLERS[line["kind"]](engine_id, leg_id, line)
        if line["kind"] == "ended":
            _families.pop(leg_id, None)
        with connection.cursor() as cursor:
            cursor.execute(APPLIED, {"engine": engine_id, "seq": line["seq"]})
            is_fresh = bool(cursor.rowcount)
        if not is_fresh:
            if not Engine.objects.filter(pk=engine_id).exists():
                raise Engine.DoesNotExist
            # It was stored before, maybe by another gateway just now: once is enough.
            transaction.set_rollback(True)
        return is_fresh


def _look(engine_id: UUID, leg_id: UUID) -> tuple[int, Family | None]:
    """Return what is stored of the engine, and the family of the leg, which is remembered."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [leg_id, engine_id])
        found: tuple[int, bool, UUID | None] | None = cursor.fetchone()
    if found is None:
        raise Engine.DoesNotExist
    applied, is_known, parent_id = found
    if not is_known:
        return applied, None
    if len(_families) >= FAMILIES_MAX:
        _families.clear()
    family = _families[leg_id] = Family(parent_id)
    return applied, family


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
    is_parent_locked: bool = False,
) -> None:
    """Close a leg, its document, and report the end of its call to the voice URL."""
    with transaction.atomic(savepoint=False):
        if not is_parent_locked:
            calls.lock_parent(leg_id)
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
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OPEN, {"leg": leg_id, "call": call.id})
        has_streams, is_in_room, is_supervised, is_reported = cursor.fetchone()
    if has_streams:
        streams.close_all(leg_id)
    if is_in_room:
        conferences.leave_all(leg_id)
    services.document_ended(leg_id=leg_id, locked=call)
    if is_supervised:
        supervising.leg_ended(leg_id)
        supervising.call_ended(call)
    if call.purpose and call.is_final:
        supervising.ended(call)
    elif call.parent_id and call.is_final:
        services.dialled_ended(dialled=call)
    if not is_reported:
        services.report_end(call)


def _incoming(engine_id: UUID, leg_id: UUID, line: Line) -> None:
    call = calls.receive_call(leg_id=leg_id, from_e164=line["from"], to_e164=line["to"])
    if call is None:
        orders.write(leg_id, "reject", engine_id=engine_id, code=NOT_OURS)
        return
    calls.assign_engines({leg_id: engine_id})
    orders.write(leg_id, "ring", engine_id=engine_id)
    services.start_session(call_id=call.id, leg_id=leg_id)


def _ringing(_engine_id: UUID, leg_id: UUID, _line: Line) -> None:
    call = calls.record_ringing(leg_id=leg_id)
    if call.purpose:
        supervising.rings(call)


def _answered(_engine_id: UUID, leg_id: UUID, line: Line) -> None:
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
    end_leg(
        leg_id,
        connected_ms=line["connected_ms"],
        sip_code=line["sip_code"],
        cause=line["reason"],
        ended_by=line["ended_by"],
        # Events of an engine from before an upgrade have none.
        q850=line.get("q850"),
        is_parent_locked=True,
    )


# They make a leg, or are of a link.
OF_NO_LEG = frozenset({"incoming", "room_linked"})
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
