"""How a call comes to be: placed by a client, or received from the trunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls import destinations, labels
from calls.events import CallStarted
from calls.models import Call, CallPolicy, Leg, Rate
from calls.ports import carrier
from calls.services import pricing, rates, screening, timeline
from kernel import clock, rows
from kernel.errors import BadRequest, Problem
from kernel.http import TargetRefused, check_url
from kernel.phrases import Phrase
from numbers import queries as numbers
from numbers.errors import NumberSuspended
from numbers.models import Number
from wallet import queries as wallet

NUMBER_LENGTH_MAX = 16
_KNOWN = rows.Lookup(lambda leg: Leg.objects.select_related("call").filter(pk=leg))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asked for, checked."""

    number: Number
    to: list[str]
    caller_id: str
    voice_url: str
    webhook_url: str
    client_request_id: str | None = None
    api_key_id: UUID | None = None
    ring_timeout_seconds: int = 0
    # The leg that somebody is called for: theirs is on the same engine.
    beside: Leg | None = None
    purpose: str = ""


def place_call(
    *,
    workspace_id: UUID,
    mode: str,
    from_e164: str,
    to: list[str],
    webhook_url: str = "",
    voice_callback_url: str = "",
    caller_id: str = "",
    client_request_id: str | None = None,
    api_key_id: UUID | None = None,
) -> Call:
    """Hold the first slice of talk time and dial, all in one transaction.

    Raises BadRequest, NumberSuspended, DestinationDenied, DoNotCallListed, OutsideMarketingHours,
    CallsStopped, RateLimited, PriceTooHigh, CostLimitTooLow, LimitReached or InsufficientBalance before any
    engine hears of the call.
    """
    number = _own_number(workspace_id, mode, from_e164, path="from")
    wish = Wish(
        number=number,
        to=destinations.check_list(to),
        caller_id=_caller_id(number, caller_id),
        voice_url=_url("voice_callback_url", voice_callback_url) or number.voice_callback_url,
        webhook_url=_url("webhook_url", webhook_url),
        client_request_id=labels.check(client_request_id),
        api_key_id=api_key_id,
        ring_timeout_seconds=settings.CALL_RING_TIMEOUT_SECONDS,
    )
    return _place(wish)


def dial_call(
    *, parent: Call, to_e164: str, caller_id: str, ring_timeout_seconds: int, purpose: str = ""
) -> Call:
    """Call somebody for a running call: a call of its own, with its own hold and debit.

    The caller holds the lock of `parent`. Raises what place_call raises.
    """
    number = parent.number
    wish = Wish(
        number=number,
        to=destinations.check_list([to_e164]),
        caller_id=_caller_id(number, caller_id),
        voice_url="",
        webhook_url="",
        api_key_id=parent.api_key_id,
        ring_timeout_seconds=ring_timeout_seconds,
        beside=parent.winner or parent.legs.order_by("pk")[0],
        purpose=purpose,
    )
    return _place(wish)


def _place(wish: Wish) -> Call:
    number = wish.number
    if number.status != "active":
        raise NumberSuspended(e164=number.e164)
    # Whoever supervises is one of us, and nobody who is sold anything.
    key = None if wish.purpose else wish.api_key_id
    # What is read here comes with what screens.
    asked = {e164: _ask_price(number, "outbound", e164) for e164 in wish.to}
    allowed = wallet.ask_allowance(number.workspace_id, number.mode, wish.api_key_id)
    policy = screening.screen(number.workspace_id, number.mode, wish.to, api_key_id=key)
    prices = {e164: answer() for e164, answer in asked.items()}
    # A refusal is not the end of the transaction that asks, nor of a call that goes on.
    with transaction.atomic():
        return _dial(wish, policy, prices, allowed)


def receive_call(*, leg_id: UUID, from_e164: str, to_e164: str) -> Call | None:
    """Record a call that rings one of our numbers; None when nobody active holds the number.

    Idempotent by the leg, whose id the engine made.
    """
    known = _KNOWN.first(leg_id)
    if known is not None:
        return known.call
    number = numbers.number_by_e164(to_e164)
    if number is None or number.status != "active":
        return None
    with transaction.atomic():
        return _take(number, leg_id, from_e164[:NUMBER_LENGTH_MAX])


def _dial(
    wish: Wish,
    policy: CallPolicy,
    prices: Mapping[str, Rate],
    allowed: Callable[[], wallet.Allowance],
) -> Call:
    number = wish.number
    dearest = max(prices.values(), key=lambda rate: rate.minor_per_minute)
    call = new_call(number, direction="outbound", remote_e164=wish.to[0], rate=dearest)
    call.caller_id = wish.caller_id
    call.voice_url = wish.voice_url
    call.webhook_url = wish.webhook_url
    call.client_request_id = wish.client_request_id
    call.api_key_id = wish.api_key_id
    call.parent_id = wish.beside.call_id if wish.beside else None
    call.purpose = wish.purpose
    is_locked = pricing.reserve(
        call, rings=timedelta(seconds=wish.ring_timeout_seconds), allowed=allowed
    )
    screening.admit(policy, number.mode, is_locked=is_locked)
    rows.insert(call)
    legs = [
        rows.insert(
            Leg(
                call=call,
                to_e164=e164,
                rate=rate,
                rate_minor_per_minute=rate.minor_per_minute,
                engine_id=wish.beside.engine_id if wish.beside else None,
            )
        )
        for e164, rate in prices.items()
    ]
    announce_start(call)
    carrier().originate(call, legs, ring_timeout_seconds=wish.ring_timeout_seconds)
    return call


def _take(number: Number, leg_id: UUID, from_e164: str) -> Call | None:
    rate = price_of(number, "inbound", number.e164)
    call = new_call(number, direction="inbound", remote_e164=from_e164, rate=rate)
    call.caller_id = from_e164
    call.voice_url = number.voice_callback_url
    try:
        pricing.reserve(call)
    except Problem:
        return None
    rows.insert(call)
    leg = Leg(
        pk=leg_id,
        call=call,
        to_e164=number.e164,
        rate=rate,
        rate_minor_per_minute=rate.minor_per_minute,
    )
    rows.insert(leg)
    announce_start(call)
    return call


def new_call(number: Number, *, direction: str, remote_e164: str, rate: Rate) -> Call:
    """Fill a call that is not stored yet."""
    return Call(
        workspace_id=number.workspace_id,
        mode=number.mode,
        number=number,
        direction=direction,
        local_e164=number.e164,
        remote_e164=remote_e164,
        country=destinations.country_of(remote_e164),
        voice_fallback_url=number.voice_fallback_url,
        rate=rate,
        rate_minor_per_minute=rate.minor_per_minute,
        cost_currency=number.currency,
        started_at=clock.now(),
    )


def announce_start(call: Call) -> None:
    """Say that a call has begun."""
    started = CallStarted(
        call_id=call.id,
        direction=call.direction,
        from_=call.from_e164,
        to=call.to_e164,
        number_id=call.number_id,
        status="started",
        pbx_call_id=call.session_id,
        clientRequestId=labels.echoed(call.client_request_id),
    )
    timeline.announce(call, started, kind="call.started", occurred_at=call.started_at)


def _own_number(workspace_id: UUID, mode: str, e164: str, *, path: str) -> Number:
    if not destinations.is_e164(e164):
        raise BadRequest(fields=[(path, destinations.E164_RULE)])
    number = numbers.number_by_e164(e164)
    if number is None or number.workspace_id != workspace_id or number.mode != mode:
        reason = Phrase("{e164} is not a number of this workspace", e164=e164)
        raise BadRequest(fields=[(path, reason)])
    return number


def _caller_id(number: Number, caller_id: str) -> str:
    if not caller_id:
        return number.e164
    return _own_number(number.workspace_id, number.mode, caller_id, path="caller_id").e164


def _url(path: str, url: str) -> str:
    if url:
        try:
            check_url(url)
        except TargetRefused as problem:
            raise BadRequest(fields=[(path, problem.reason)]) from None
    return url


def price_of(number: Number, direction: str, e164: str) -> Rate:
    """Return the price of a call of a number, in one direction, with somebody."""
    return _ask_price(number, direction, e164)()


def _ask_price(number: Number, direction: str, e164: str) -> Callable[[], Rate]:
    return rates.ask_rate(
        direction=direction, e164=e164, currency=number.currency, workspace_id=number.workspace_id
    )
