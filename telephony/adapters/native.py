"""The carrier that speaks SIP itself: every verb is a row for the engine gateway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from calls.models import Call, Leg
from calls.states import OPEN_LEG
from kernel import clock
from kernel.literals import one_of
from kernel.work import enqueue
from telephony import orders
from telephony.models import Engine, Session


class NativeCarrier:
    """The `calls.ports.Carrier` of our own engines."""

    def originate(self, call: Call, legs: Iterable[Leg], *, ring_timeout_seconds: int) -> None:
        caller = _caller_leg(call)
        for leg in legs:
            trunk, _, behind = leg.device.partition(":")
            ends: dict[str, Any] = {"from": call.caller_id, "to": behind or leg.to_e164}
            if caller:
                ends["called_for"] = str(caller)
            orders.write(
                leg.id,
                "originate",
                **ends,
                trunk=trunk or trunk_for(leg.to_e164, call.mode),
                ring_timeout_s=ring_timeout_seconds,
                paid_until_s=call.paid_until_seconds,
                display=call.caller_id,
            )

    def hang_up(self, leg: Leg, *, cause: str) -> None:
        orders.write(leg.id, "hangup", cause=cause)

    def extend(self, leg: Leg, *, paid_until_seconds: int) -> None:
        orders.write(leg.id, "extend", paid_until_s=paid_until_seconds)

    def warn(self, leg: Leg) -> None:
        enqueue("telephony.warn", leg.id)

    def lost_engines(self) -> dict[str, datetime]:
        """Name the engines of open legs whose lease is over or whose row was closed."""
        legs = Leg.objects.filter(one_of("state", OPEN_LEG), engine_id__isnull=False)
        lost = Engine.objects.filter(
            Q(closed_at__isnull=False) | Q(lease_until__lt=clock.now()),
            pk__in=legs.values("engine_id"),
        )
        return {str(engine.id): engine.renewed_at for engine in lost}


def _caller_leg(call: Call) -> UUID | None:
    """Name the leg of the caller whose document dials, who hears early media of a call."""
    if call.parent_id is None or call.purpose:
        return None
    sessions = Session.objects.filter(pk=call.parent_id)
    return sessions.values_list("leg_id", flat=True).first()


def trunk_for(e164: str, mode: str) -> str:
    """Name the trunk with the longest prefix of the number; the engine refuses an empty name."""
    fitting = [
        (len(prefix), trunk["name"])
        for trunk in settings.SIP_TRUNKS
        for prefix in trunk.get("prefixes", ["+"])
        if trunk.get("mode", "live") in (mode, "both") and e164.startswith(prefix)
    ]
    return max(fitting)[1] if fitting else ""
