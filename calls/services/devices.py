"""Calls with a browser client or a SIP phone at our end: they call as a number, or are called.

The leg of the client costs what an incoming call costs; whoever it is joined with is a call of its
own, held and billed like one that was placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.errors import Suspended
from calls import destinations
from calls.models import Call, Leg
from calls.ports import carrier
from calls.services import placing, pricing, screening
from kernel.errors import BadRequest
from kernel.money import Money, affordable_seconds, call_cost
from kernel.phrases import Phrase
from numbers.errors import NumberSuspended
from numbers.models import Number
from wallet import queries as wallet
from wallet.errors import InsufficientBalance


@dataclass(frozen=True, slots=True)
class Device:
    """Who is called: the client as the time line names it, and where the carrier finds it."""

    client: str
    place: str


def open_client_call(
    *,
    number: Number,
    client: str,
    to: str,
    asks_voice_url: bool = False,
    api_key_id: UUID | None = None,
) -> Leg:
    """Record that a client calls somebody as a number; its own leg is about to come in.

    With a voice URL to ask, `to` is what was dialled and the document decides. Raises what
    place_call raises, and Suspended, before any engine hears of the call.
    """
    if number.status != "active":
        raise NumberSuspended(e164=number.e164)
    if number.workspace.is_suspended:
        raise Suspended
    asks = asks_voice_url and bool(number.voice_callback_url)
    people = [] if asks else _person(to)
    policy = screening.look(number.workspace_id, number.mode, people, api_key_id=api_key_id)
    if asks:
        # Without a document it is the call to the other side that takes the turn.
        screening.take_turn(policy, number.mode)
    else:
        _check_money(number, to, api_key_id)
    rate = placing.price_of(number, "inbound", number.e164)
    call = placing.new_call(number, direction="outbound", remote_e164=_dialled(to), rate=rate)
    call.caller_id = number.e164
    call.client = client
    call.api_key_id = api_key_id
    call.voice_url = number.voice_callback_url if asks else ""
    with transaction.atomic():
        is_locked = pricing.reserve(call)
        screening.admit(policy, number.mode, is_locked=is_locked)
        call.save(force_insert=True)
        leg = _leg(call)
        placing.announce_start(call)
    return leg


def dial_device(
    *,
    parent: Call,
    device: Device,
    caller_id: str,
    ring_timeout_seconds: int,
    purpose: str = "",
) -> Call:
    """Let a client ring for a running call: a call of its own. The caller locks `parent`."""
    number = parent.number
    if number.status != "active":
        raise NumberSuspended(e164=number.e164)
    # A supervisor's client has a price of its own.
    rate = placing.price_of(number, purpose or "inbound", number.e164)
    call = placing.new_call(number, direction="outbound", remote_e164=number.e164, rate=rate)
    call.purpose = purpose
    call.caller_id = caller_id[: placing.NUMBER_LENGTH_MAX]
    call.client = device.client
    call.parent_id = parent.id
    call.api_key_id = parent.api_key_id
    beside = parent.winner or parent.legs.order_by("pk")[0]
    with transaction.atomic():
        pricing.reserve(call)
        call.save(force_insert=True)
        leg = _leg(call, device=device.place, engine_id=beside.engine_id)
        placing.announce_start(call)
        carrier().originate(call, [leg], ring_timeout_seconds=ring_timeout_seconds)
    return call


def _person(to: str) -> list[str]:
    return destinations.check_list([to])


def _dialled(to: str) -> str:
    if not to or len(to) > placing.NUMBER_LENGTH_MAX or not to.isprintable():
        rule = Phrase("must be 1 to {most} characters", most=placing.NUMBER_LENGTH_MAX)
        raise BadRequest(fields=[("to", rule)])
    return to


def _check_money(number: Number, to: str, api_key_id: UUID | None) -> None:
    """Raise InsufficientBalance when not one second of the call can be paid.

    The hold is placed when the other side is dialled, a moment later.
    """
    rate = placing.price_of(number, "outbound", to).minor_per_minute
    allowed = wallet.allowance(number.workspace_id, number.mode, api_key_id)
    if rate and affordable_seconds(allowed.available_minor, rate) < 1:
        balance = Money(allowed.available_minor, number.currency)
        raise InsufficientBalance(
            balance=balance, required=Money(call_cost(1, rate), number.currency)
        )


# The facts are columns of a leg.
def _leg(call: Call, *, device: str = "", engine_id: UUID | None = None) -> Leg:
    assert call.rate is not None
    return Leg.objects.create(
        call=call,
        to_e164=call.remote_e164,
        device=device,
        rate=call.rate,
        rate_minor_per_minute=call.rate.minor_per_minute,
        engine_id=engine_id,
    )
