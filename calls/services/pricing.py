"""What a call costs, and the money that is held before it is talked away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings

from calls import basis
from calls.errors import CostLimitTooLow, PriceTooHigh
from calls.models import Call
from kernel import rows
from kernel.money import Money, affordable_seconds, call_cost, div_ceil, vat_inside
from wallet import queries as wallet_queries
from wallet import services as wallet
from wallet.errors import InsufficientBalance, LimitReached
from wallet.services import Growth

# The hold of a call outlives any restart of the gateway: what was talked is billed from the journal
# when it is back, and money given back before that could be talked away a second time.
HOLD_MARGIN = timedelta(minutes=10)
# A leg may wait for an engine before it rings, so a ringing call's hold outlives the ring time.
UNSENT_GRACE = timedelta(seconds=15)
RING_MARGIN = UNSENT_GRACE + HOLD_MARGIN
RESERVE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Slice:
    """How long a call may talk at most, and whether a day limit is what ends it there."""

    seconds: int
    is_day_limit: bool


def reserve(
    call: Call,
    *,
    rings: timedelta = timedelta(),
    allowed: Callable[[], wallet_queries.Allowance] | None = None,
) -> bool:
    """Hold the first slice of talk time and write hold and paid-until on the unsaved call.

    The hold outlives the time that the call `rings`; `allowed` is what was asked for already. True when the wallet is locked from here on; False when the call costs nothing. Raises
    PriceTooHigh, CostLimitTooLow, LimitReached, or InsufficientBalance when the money does not buy
    one second.
    """
    rate = call.rate_minor_per_minute
    if rate == 0:
        call.paid_until_seconds = settings.CALL_LONGEST_SECONDS
        return False
    ask = partial(wallet_queries.allowance, call.workspace_id, call.mode, call.api_key_id)
    for attempt in range(1, RESERVE_ATTEMPTS + 1):
        allowance = allowed() if allowed and attempt == 1 else ask()
        _keep_caps(call, allowance)
        affordable = affordable_seconds(allowance.spendable_minor, rate)
        seconds = max(1, min(settings.CALL_SLICE_SECONDS, _longest(call), affordable))
        try:
            hold = wallet.place_hold(
                workspace_id=call.workspace_id,
                mode=call.mode,
                amount_minor=call_cost(seconds, rate),
                key=f"call:{call.id}",
                expires_at=rings + RING_MARGIN,
                is_limited=True,
                api_key_id=call.api_key_id,
            )
        except (InsufficientBalance, LimitReached):
            # Another call may have taken the money between our look and our hold: look again.
            if seconds == 1 or attempt == RESERVE_ATTEMPTS:
                raise
            continue
        call.hold_id = hold.id
        call.paid_until_seconds = seconds
        return True
    raise AssertionError("the last attempt holds or raises")


def grow(call: Call, *, seconds: int) -> bool:
    """Raise the hold of a call that is answered now to cover `seconds`; False when money is short."""
    if call.hold_id is None:
        return True
    return wallet.grow_hold(
        hold_id=call.hold_id,
        amount_minor=call_cost(seconds, call.rate_minor_per_minute),
        expires_at=timedelta(seconds=seconds) + HOLD_MARGIN,
    )


def growth(call: Call, *, seconds: int) -> Growth:
    """Return what the hold of an answered call becomes when it may talk until that second."""
    assert call.hold_id is not None
    assert call.answered_at is not None
    until = call.answered_at + timedelta(seconds=seconds)
    return Growth(call.hold_id, price_until(call, seconds), until + HOLD_MARGIN)


def price_until(call: Call, seconds: int) -> int:
    """Return what so many seconds of this call cost."""
    return call_cost(seconds, call.rate_minor_per_minute)


def next_slice(
    call: Call, allowed: wallet_queries.Allowance | None = None, *, taken_minor: int = 0
) -> Slice:
    """Return the paid-until second the wallet can afford next, at most one slice further."""
    end = money_end(call, allowed, taken_minor=taken_minor)
    wanted = call.paid_until_seconds + settings.CALL_SLICE_SECONDS
    return Slice(min(wanted, end.seconds), end.is_day_limit and end.seconds < wanted)


def money_end(
    call: Call, allowed: wallet_queries.Allowance | None = None, *, taken_minor: int = 0
) -> Slice:
    """Return the second at which the call ends if nobody tops up and no other call takes money.

    `taken_minor` of what was `allowed` is already meant for other calls.
    """
    held = price_until(call, call.paid_until_seconds)
    if allowed is None:
        allowed = wallet_queries.allowance(call.workspace_id, call.mode, call.api_key_id)
    free = max(0, allowed.spendable_minor - taken_minor)
    affordable = affordable_seconds(free + held, call.rate_minor_per_minute)
    return Slice(min(_longest(call), affordable), allowed.spendable_minor < allowed.available_minor)


def billed_seconds(connected_ms: int, paid_until_seconds: int) -> int:
    """Return whole seconds of connected time, rounded up, never beyond what was paid for."""
    return min(div_ceil(connected_ms, 1000), paid_until_seconds)


def settle(call: Call) -> None:
    """Turn the hold into one debit of the cost of the call, which has ended under the lock of the caller.

    Whatever cannot be taken is not its cost either.
    """
    assert call.cost_minor is not None
    taken = call.cost_minor if call.hold_id is None else _collect(call, call.cost_minor)
    if taken != call.cost_minor:
        call.cost_minor = taken
        rows.save(call, "cost_minor")


def release(call: Call) -> None:
    """Give the hold of an unanswered call back."""
    if call.hold_id is not None:
        wallet.void_hold(hold_id=call.hold_id)


def _keep_caps(call: Call, allowed: wallet_queries.Allowance) -> None:
    """Refuse a price above the limits, and give the call the cost it may not pass."""
    rate = Money(call.rate_minor_per_minute, call.cost_currency)
    if allowed.minute_minor is not None and allowed.minute_minor < rate.minor:
        limit = Money(allowed.minute_minor, call.cost_currency)
        raise PriceTooHigh(e164=call.remote_e164, price=rate, limit=limit)
    call.cost_max_minor = allowed.call_minor
    if _longest(call) < 1:
        second = Money(call_cost(1, rate.minor), call.cost_currency)
        limit = Money(allowed.call_minor or 0, call.cost_currency)
        raise CostLimitTooLow(price=second, limit=limit)


def _longest(call: Call) -> int:
    """Return the second that no call passes: four hours, or what its own limit pays."""
    if call.cost_max_minor is None:
        return settings.CALL_LONGEST_SECONDS
    seconds = affordable_seconds(call.cost_max_minor, call.rate_minor_per_minute)
    return min(settings.CALL_LONGEST_SECONDS, seconds)


def _collect(call: Call, cost: int) -> int:
    """Debit the cost and return what was taken: the hold covers it, unless a late report lost it."""
    assert call.hold_id is not None
    if cost == 0:
        wallet.void_hold(hold_id=call.hold_id)
        return 0
    vat = vat_inside(cost)
    facts: dict[str, Any] = {
        "net_minor": cost - vat,
        "vat_minor": vat,
        "kind": call.purpose or "call",
        "description": f"{_what(call)}, {call.duration_seconds} s",
        "call_id": call.id,
    }
    posting = wallet.capture_hold(hold_id=call.hold_id, **facts)
    if posting is None:
        try:
            posting = wallet.charge(
                workspace_id=call.workspace_id, mode=call.mode, key=f"call:{call.id}", **facts
            )
        except InsufficientBalance:
            return 0
    wallet.keep_basis(posting, basis.of(call))
    return cost


def _what(call: Call) -> str:
    """Name a call as its statement row does.

    The ledger is sealed for good, so it does not name a whole number; the call itself does.
    """
    number = f"{call.remote_e164[:6]}•••{call.remote_e164[-3:]}"
    return f"Supervision by {call.client or number}" if call.purpose else f"Call to {number}"
