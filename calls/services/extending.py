"""The next slice of talk time, bought for many calls by one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F

from calls.models import Call
from calls.ports import carrier
from calls.services import pricing
from kernel import clock
from wallet import queries as wallet_queries
from wallet import services as wallet

TOGETHER: Final = 100
SECOND: Final = timedelta(seconds=1)


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
    rows = due.filter(paid_until_at__lte=clock.now() + half).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    return sum(_extend_some(ids[at : at + TOGETHER]) for at in range(0, len(ids), TOGETHER))


def _extend_some(call_ids: list[UUID]) -> int:
    """Extend some calls in one transaction, then those whose wallet was in use, one by one."""
    grew, busy = _extend(call_ids, waits=False)
    for call_id in busy:
        grew += _extend([call_id], waits=True)[0]
    return grew


@transaction.atomic
def _extend(call_ids: list[UUID], *, waits: bool) -> tuple[int, list[UUID]]:
    """Extend calls that nobody else works on; return how many grew, and whose wallet was in use.

    Locks the calls, then their wallets; it waits for a wallet only when told to.
    """
    rows = Call.objects.select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    ).select_related("winner")
    locked = rows.filter(pk__in=call_ids, status="answered", winner__isnull=False).order_by("pk")
    wanted = [
        (call, seconds, pricing.growth(call, seconds=seconds))
        for call, seconds in _affordable(list(locked))
    ]
    answers = wallet.grow_holds([growth for *_, growth in wanted], waits=waits)
    grown = [(call, seconds) for call, seconds, it in wanted if answers[it.hold_id] == "grown"]
    for call, seconds in grown:
        assert call.winner is not None
        call.updated_at = clock.now()
        bought_ms = int(call.updated_at.timestamp() * 1000)
        call.slices.append([bought_ms, call.paid_until_seconds, seconds])
        call.paid_until_seconds = seconds
        carrier().extend(call.winner, paid_until_seconds=seconds)
    Call.objects.bulk_update(
        [call for call, _ in grown], ["paid_until_seconds", "slices", "updated_at"]
    )
    return len(grown), [call.pk for call, _, it in wanted if answers[it.hold_id] == "busy"]


def _affordable(locked: list[Call]) -> Iterator[tuple[Call, int]]:
    """Yield the calls that can buy more, and up to which second; calls of one wallet share its money."""
    allowances: dict[tuple[UUID, str, UUID | None], wallet_queries.Allowance] = {}
    taken: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for call in locked:
        payer = (call.workspace_id, call.mode)
        key = (*payer, call.api_key_id)
        if key not in allowances:
            allowances[key] = wallet_queries.allowance(*key)
        bought = pricing.next_slice(call, allowances[key], taken_minor=taken[payer])
        if bought.seconds > call.paid_until_seconds:
            taken[payer] += pricing.price_until(call, bought.seconds) - pricing.price_until(
                call, call.paid_until_seconds
            )
            yield call, bought.seconds
        elif bought.is_day_limit and not taken[payer]:
            _announce_limit(call)


def _announce_limit(call: Call) -> None:
    reached = wallet.tightest_day(call.workspace_id, call.mode, call.api_key_id)
    if reached is not None:
        wallet.announce_reached(reached, waits=False)
