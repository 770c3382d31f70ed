"""What the engine gateway's clock does every second, and the hang-up a client asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from calls.models import Call, Leg
from calls.ports import carrier
from calls.services import pricing, timeline
from calls.services.progress import record_ended
from calls.states import OPEN_LEG
from kernel import clock

log = logging.getLogger(__name__)

# An engine whose gateway is gone still talks for one lease and writes its journal: wait for it.
LOSS_GRACE = timedelta(seconds=15)


def hang_up(call: Call) -> None:
    """Ask the carrier to end every open leg; a call that is over stays as it is."""
    with transaction.atomic():
        locked = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        if locked.is_final:
            return
        for leg in locked.legs.filter(state__in=OPEN_LEG):
            carrier().hang_up(leg, cause="normal_clearing")
        timeline.write(locked, "call.hangup_requested", {})


def sweep_lost_legs() -> list[UUID]:
    """End the legs nobody reports on any more, billed to the last sign of life; return them."""
    lost = carrier().lost_engines()
    now = clock.now()
    swept = []
    for leg in _silent_legs(lost, now):
        seen_at = lost.get(str(leg.engine_id), now) if leg.engine_id else now
        if leg.answered_at is None or seen_at < leg.answered_at:
            connected_ms = 0
        else:
            connected_ms = (seen_at - leg.answered_at) // timedelta(milliseconds=1)
        if _end_lost(leg, connected_ms):
            swept.append(leg.id)
    return swept


def _end_lost(leg: Leg, connected_ms: int) -> bool:
    """End a leg unless it has moved since it was looked at, perhaps to an engine that dials now.

    Locks the call, then the leg: whoever gives it to an engine waits and finds it over.
    """
    with transaction.atomic():
        Call.objects.select_for_update(no_key=True).only("pk").get(pk=leg.call_id)
        seen = {"engine_id": leg.engine_id, "state": leg.state}
        if Leg.objects.select_for_update(no_key=True).filter(pk=leg.pk, **seen).first() is None:
            return False
        log.warning("leg %s lost with engine %s", leg.id, leg.engine_id)
        record_ended(
            leg_id=leg.id,
            connected_ms=connected_ms,
            sip_code=None,
            cause="engine_lost",
            ended_by="lost",
        )
        return True


def _silent_legs(lost: dict[str, datetime], now: datetime) -> Iterable[Leg]:
    gone = [engine for engine, seen_at in lost.items() if seen_at < now - LOSS_GRACE]
    never_sent = Q(engine_id=None, created_at__lt=now - pricing.UNSENT_GRACE)
    return Leg.objects.filter(Q(engine_id__in=gone) | never_sent, state__in=OPEN_LEG).order_by("pk")
