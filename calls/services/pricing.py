"""What a call costs, and the money that is held before it is talked away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from calls.errors import DestinationDenied
from calls.models import Call, Rate
from kernel import clock
from kernel.money import affordable_seconds, call_cost, div_ceil, vat_inside
from wallet import queries as wallet_queries
from wallet import services as wallet
from wallet.errors import InsufficientBalance

HOLD_MARGIN = timedelta(seconds=5)
# A leg may wait for an engine before it rings, so a ringing call's hold outlives the ring time.
UNSENT_GRACE = timedelta(seconds=15)
RING_MARGIN = UNSENT_GRACE + HOLD_MARGIN
RESERVE_ATTEMPTS = 3


def rate_for(*, direction: str, e164: str, currency: str) -> int:
    """Return the price per minute now; raises DestinationDenied where there is no price."""
    prefixes = [e164[:length] for length in range(len(e164) + 1)]
    rates = Rate.objects.filter(
        direction=direction, currency=currency, prefix__in=prefixes, valid_from__lte=clock.now()
    )
    found = max(rates, key=lambda rate: (len(rate.prefix), rate.valid_from), default=None)
    if found is None:
        raise DestinationDenied(e164=e164)
    return found.minor_per_minute


def reserve(call: Call, *, expires_at: datetime) -> None:
    """Hold the first slice of talk time and write hold and paid-until on the unsaved call.

    Raises InsufficientBalance when the money does not buy one second.
    """
    rate = call.rate_minor_per_minute
    if rate == 0:
        call.paid_until_seconds = settings.CALL_LONGEST_SECONDS
        return
    for attempt in range(1, RESERVE_ATTEMPTS + 1):
        seconds = max(1, min(settings.CALL_SLICE_SECONDS, _affordable(call)))
        try:
            hold = wallet.place_hold(
                workspace_id=call.workspace_id,
                mode=call.mode,
                amount_minor=call_cost(seconds, rate),
                key=f"call:{call.id}",
                expires_at=expires_at,
            )
        except InsufficientBalance:
            # Another call may have taken the money between our look and our hold: look again.
            if seconds == 1 or attempt == RESERVE_ATTEMPTS:
                raise
            continue
        call.hold_id = hold.id
        call.paid_until_seconds = seconds
        return


def grow(call: Call, *, seconds: int, expires_at: datetime) -> bool:
    """Raise the hold so that it covers `seconds`; False when money is short."""
    if call.hold_id is None:
        return True
    return wallet.grow_hold(
        hold_id=call.hold_id,
        amount_minor=call_cost(seconds, call.rate_minor_per_minute),
        expires_at=expires_at,
    )


def next_slice(call: Call) -> int:
    """Return the paid-until second the wallet can afford next, at most one slice further."""
    wanted = min(
        call.paid_until_seconds + settings.CALL_SLICE_SECONDS, settings.CALL_LONGEST_SECONDS
    )
    held = call_cost(call.paid_until_seconds, call.rate_minor_per_minute)
    return min(wanted, _affordable(call, held_minor=held))


def billed_seconds(connected_ms: int, paid_until_seconds: int) -> int:
    """Return whole seconds of connected time, rounded up, never beyond what was paid for."""
    return min(div_ceil(connected_ms, 1000), paid_until_seconds)


def settle(call: Call) -> None:
    """Turn the hold into one debit of the exact cost and write the cost on the call.

    The caller holds the lock of the call and has written its duration.
    """
    assert call.duration_seconds is not None
    cost = call_cost(call.duration_seconds, call.rate_minor_per_minute)
    if call.hold_id is not None:
        cost = _collect(call, cost)
    call.cost_minor = cost
    call.save(update_fields=["cost_minor", "updated_at"])


def release(call: Call) -> None:
    """Give the hold of an unanswered call back."""
    if call.hold_id is not None:
        wallet.void_hold(hold_id=call.hold_id)


def database_now() -> datetime:
    """Return the time of the database, the clock that expires holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


def _affordable(call: Call, *, held_minor: int = 0) -> int:
    available = wallet_queries.balance(call.workspace_id, call.mode).available_minor
    return affordable_seconds(max(0, available) + held_minor, call.rate_minor_per_minute)


def _collect(call: Call, cost: int) -> int:
    """Debit the cost and return what was taken: the hold covers it, unless a late report lost it."""
    assert call.hold_id is not None
    if cost == 0:
        wallet.void_hold(hold_id=call.hold_id)
        return 0
    vat = vat_inside(cost)
    description = f"Call to {call.remote_e164}, {call.duration_seconds} s"
    captured = wallet.capture_hold(
        hold_id=call.hold_id,
        net_minor=cost - vat,
        vat_minor=vat,
        kind="call",
        description=description,
        call_id=call.id,
    )
    if captured is not None:
        return cost
    try:
        wallet.charge(
            workspace_id=call.workspace_id,
            mode=call.mode,
            net_minor=cost - vat,
            vat_minor=vat,
            kind="call",
            key=f"call:{call.id}",
            description=description,
            call_id=call.id,
        )
    except InsufficientBalance:
        return 0
    return cost
