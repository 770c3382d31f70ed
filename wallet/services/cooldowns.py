"""How often a phone may be prompted and a workspace may prompt: for the sake of the phone's owner."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kernel import clock
from kernel.errors import RateLimited
from wallet.models import TopUp
from wallet.mpesa.results import result_of


@dataclass(frozen=True, slots=True)
class Rule:
    """At most so many requests in so long a window."""

    count: int
    window: timedelta


PHONE = (
    Rule(1, timedelta(seconds=60)),
    Rule(3, timedelta(minutes=10)),
    Rule(10, timedelta(days=1)),
)
PHONE_AND_AMOUNT = (Rule(1, timedelta(seconds=120)),)
WORKSPACE = (Rule(6, timedelta(minutes=10)),)
CANCELS_IN_A_ROW = 2
CANCEL_PAUSE = timedelta(minutes=10)


def require_cool(*, workspace_id: UUID, phone_e164: str, amount_minor: int) -> None:
    """Raise RateLimited with the seconds to wait; locks the phone until the transaction ends."""
    with connection.cursor() as cursor:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        cursor.execute(lock, [f"wallet.topup:{phone_e164}"])
    wait = wait_seconds(workspace_id=workspace_id, phone_e164=phone_e164, amount_minor=amount_minor)
    if wait > 0:
        raise RateLimited(retry_after_seconds=wait)


def wait_seconds(*, workspace_id: UUID, phone_e164: str, amount_minor: int | None = None) -> int:
    """Return the seconds until this phone may be prompted (for this amount) by this workspace."""
    moment = clock.now()
    phone = Q(phone_e164=phone_e164)
    free = [
        *_free_at(PHONE, phone, moment),
        *_free_at(WORKSPACE, Q(workspace_id=workspace_id), moment),
        _cancel_pause_ends(phone_e164, moment),
    ]
    if amount_minor is not None:
        free += _free_at(PHONE_AND_AMOUNT, phone & Q(amount_minor=amount_minor), moment)
    return max(0, math.ceil((max(free) - moment).total_seconds()))


def again_after_seconds(topup: TopUp) -> int | None:
    """Return when this failed top-up may be tried again; None when trying again does not help."""
    result = result_of(topup.result_code)
    if topup.status != "failed" or (result and result.again_after_seconds is None):
        return None
    wait = wait_seconds(workspace_id=topup.workspace_id, phone_e164=topup.phone_e164)
    pause = result.again_after_seconds if result and result.again_after_seconds else 0
    left = topup.created_at + timedelta(seconds=pause) - clock.now()
    return max(wait, math.ceil(left.total_seconds()), 0)


def _free_at(rules: Iterable[Rule], whose: Q, moment: datetime) -> list[datetime]:
    found = [moment]
    for rule in rules:
        since = moment - rule.window
        recent = TopUp.objects.filter(whose, channel="stk", created_at__gt=since)
        # The window is free again when the oldest request that still counts leaves it.
        kept = list(
            recent.order_by("-created_at").values_list("created_at", flat=True)[: rule.count]
        )
        if len(kept) == rule.count:
            found.append(kept[-1] + rule.window)
    return found


def _cancel_pause_ends(phone_e164: str, moment: datetime) -> datetime:
    """Somebody who cancels twice may be a stranger to whom our prompts are a nuisance."""
    asked = TopUp.objects.filter(phone_e164=phone_e164, channel="stk").order_by("-created_at")
    last = list(asked.values_list("failure_reason", "failed_at")[:CANCELS_IN_A_ROW])
    is_nuisance = len(last) == CANCELS_IN_A_ROW and all(
        reason == "cancelled" and at is not None for reason, at in last
    )
    return last[0][1] + CANCEL_PAUSE if is_nuisance and last[0][1] else moment
