"""What the engine gateway's clock does every second, and the hang-up a client asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q

from calls.models import Call, Leg
from calls.ports import carrier
from calls.services import pricing, timeline
from calls.services.progress import record_ended
from calls.states import OPEN_LEG
from kernel import clock
from wallet import services as wallet

log = logging.getLogger(__name__)

# An engine whose gateway is gone still talks for one lease and writes its journal: wait for it.
LOSS_GRACE = timedelta(seconds=15)
SECOND = timedelta(seconds=1)


def hang_up(call: Call) -> None:
    """Ask the carrier to end every open leg; a call that is over stays as it is."""
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        if locked.is_final:
            return
        for leg in locked.legs.filter(state__in=OPEN_LEG):
            carrier().hang_up(leg, cause="normal_clearing")
        timeline.write(locked, "call.hangup_requested", {})


def extend_due() -> int:
    """Buy the next slice for every call past the middle of its last one; return how many grew."""
    half = timedelta(seconds=settings.CALL_SLICE_SECONDS // 2)
    paid_until = ExpressionWrapper(
        F("answered_at") + F("paid_until_seconds") * SECOND, output_field=DateTimeField()
    )
    due = Call.objects.filter(
        status="answered",
        hold_id__isnull=False,
        paid_until_seconds__lt=settings.CALL_LONGEST_SECONDS,
        answered_at__isnull=False,
    ).alias(paid_until_at=paid_until)
    ids = due.filter(paid_until_at__lte=clock.now() + half).values_list("pk", flat=True)
    return sum(_extend(call_id) for call_id in ids)


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
        Call.objects.select_for_update().only("pk").get(pk=leg.call_id)
        seen = {"engine_id": leg.engine_id, "state": leg.state}
        if Leg.objects.select_for_update().filter(pk=leg.pk, **seen).first() is None:
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


def _extend(call_id: UUID) -> bool:
    with transaction.atomic():
        call = (
            Call.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("winner")
            .filter(pk=call_id, status="answered")
            .first()
        )
        if call is None or call.winner is None or call.answered_at is None:
            return False
        bought = pricing.next_slice(call)
        if bought.seconds <= call.paid_until_seconds:
            if bought.is_day_limit:
                _announce_limit(call)
            return False
        seconds = bought.seconds
        until = call.answered_at + timedelta(seconds=seconds)
        if not pricing.grow(call, seconds=seconds, expires_at=until + pricing.HOLD_MARGIN):
            return False
        call.paid_until_seconds = seconds
        call.save(update_fields=["paid_until_seconds", "updated_at"])
        carrier().extend(call.winner, paid_until_seconds=seconds)
        return True


def _announce_limit(call: Call) -> None:
    reached = wallet.tightest_day(call.workspace_id, call.mode, call.api_key_id)
    if reached is not None:
        wallet.announce_reached(reached)
