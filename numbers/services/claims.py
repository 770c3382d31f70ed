"""Claim and release: a number changes hands and its rent is paid or returned, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import bell, clock, events
from numbers import rental, trail
from numbers.errors import NumberAlreadyClaimed, NumberNotAssigned, NumberReleaseFailed
from numbers.events import NumberProvisioned, NumberReleased
from numbers.models import Inventory, Number, Rental
from numbers.rental import Period, Price
from numbers.services.routing import check_routes
from numbers.states import HELD, INVENTORY, NUMBER
from wallet import queries as wallet_queries
from wallet import services as wallet
from wallet.errors import InsufficientBalance


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed number and what its first days cost."""

    number: Number
    price: Price
    balance_after_minor: int


@dataclass(frozen=True, slots=True)
class Release:
    """A released number and what went back to the wallet."""

    number: Number
    refund: Price
    balance_after_minor: int


@transaction.atomic
def claim_number(
    *,
    workspace_id: UUID,
    mode: str,
    inventory: Inventory,
    voice_callback_url: str = "",
    events_url: str = "",
    voice_fallback_url: str = "",
    actor: str = "system",
) -> Claim:
    """Give an inventory number to a workspace and charge the rest of the month.

    Locks the inventory row, then the wallet: of many at once one wins and only that one pays.
    Raises NumberAlreadyClaimed, InsufficientBalance and BadRequest.
    """
    routes = {
        "voice_callback_url": voice_callback_url,
        "events_url": events_url,
        "voice_fallback_url": voice_fallback_url,
    }
    check_routes(routes)
    if not INVENTORY.apply(inventory, "reserve"):
        raise NumberAlreadyClaimed(e164=inventory.e164)
    number = _create(workspace_id, mode, inventory, routes)
    price, balance = charge_period(number, rental.rest_of_month(clock.nairobi_today()))
    INVENTORY.apply(inventory, "assign")
    _announce_claim(number)
    trail.record(number, "number.claimed", actor, after=routes)
    return Claim(number, price, balance)


@transaction.atomic
def release_number(number: Number, *, today: date | None = None, actor: str = "system") -> Release:
    """Give a number back to the pool and credit the days of this month that were not used.

    Locks the number, then the wallet. Raises NumberNotAssigned.
    """
    locked = (
        Number.objects.select_for_update(no_key=True).select_related("inventory").get(id=number.id)
    )
    if locked.status not in HELD:
        raise NumberNotAssigned(e164=locked.e164)
    refund, balance = _settle(locked, today or clock.nairobi_today())
    moment = clock.now()
    if not NUMBER.apply(locked, "release", released_at=moment):
        raise NumberReleaseFailed(e164=locked.e164)
    INVENTORY.apply(locked.inventory, "release")
    _announce_release(locked)
    trail.record(locked, "number.released", actor)
    return Release(locked, refund, balance)


def charge_period(number: Number, period: Period) -> tuple[Price, int]:
    """Debit some days of a month once, by (number, month). Raises InsufficientBalance."""
    price = rental.price(number.monthly_price_minor, period)
    facts = rental.facts(number.monthly_price_minor, period)
    balance = _move_money(number, "rental", period.month, price, facts)
    rented(number, period, price).save(force_insert=True)
    return price, balance


def rented(number: Number, period: Period, price: Price) -> Rental:
    """Return the unsaved row that says which days of a month are paid, and with what."""
    return Rental(
        number=number,
        month=period.month,
        first_on=period.first_on,
        last_on=period.last_on,
        days_in_month=period.days_in_month,
        monthly_price_minor=number.monthly_price_minor,
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
    )


def rental_charge(number: Number, period: Period, price: Price) -> wallet.Charge:
    """Return the debit of some days of a month."""
    return wallet.Charge(
        workspace_id=number.workspace_id,
        mode=number.mode,
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
        kind="rental",
        key=f"rental:{number.id}:{period.month}",
        description=f"{number.e164} {period.month}",
        number_id=number.id,
    )


def _create(workspace_id: UUID, mode: str, inventory: Inventory, routes: dict[str, str]) -> Number:
    return Number.objects.create(
        workspace_id=workspace_id,
        mode=mode,
        inventory=inventory,
        e164=inventory.e164,
        country=inventory.country,
        capabilities=inventory.capabilities,
        monthly_price_minor=inventory.monthly_price_minor,
        inbound_per_min_minor=inventory.inbound_per_min_minor,
        outbound_per_min_minor=inventory.outbound_per_min_minor,
        currency=inventory.currency,
        **routes,
    )


def _settle(number: Number, today: date) -> tuple[Price, int]:
    """Return the unused days of this month's debit, or post the days that were not paid yet."""
    paid = (
        Rental.objects.select_for_update(no_key=True)
        .filter(number=number, month=rental.month_of(today))
        .first()
    )
    if paid is None:
        return Price(0, 0), _charge_unpaid_days(number, today)
    refund = rental.refund(
        monthly_price_minor=paid.monthly_price_minor,
        paid=Price(paid.net_minor, paid.vat_minor),
        first_on=paid.first_on,
        today=today,
    )
    paid.refund_net_minor, paid.refund_vat_minor = refund.net_minor, refund.vat_minor
    paid.save(update_fields=["refund_net_minor", "refund_vat_minor"])
    return refund, _move_money(number, "rental_refund", paid.month, refund)


def _charge_unpaid_days(number: Number, today: date) -> int:
    """Post the days from the 1st; a wallet that cannot pay them does not keep the number."""
    try:
        with transaction.atomic():
            return charge_period(number, rental.month_until(today))[1]
    except InsufficientBalance:
        return wallet_queries.balance(number.workspace_id, number.mode).balance_minor


# The facts are JSON beside the posting.
def _move_money(
    number: Number, kind: str, month: str, price: Price, facts: dict[str, Any] | None = None
) -> int:
    """Debit or credit a price, unless it is nothing; return the balance after it."""
    if price.gross_minor == 0:
        return wallet_queries.balance(number.workspace_id, number.mode).balance_minor
    move = wallet.charge if kind == "rental" else wallet.credit
    posting = move(
        workspace_id=number.workspace_id,
        mode=number.mode,
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
        kind=kind,
        key=f"{kind}:{number.id}:{month}",
        description=f"{number.e164} {month}",
        number_id=number.id,
    )
    if facts:
        wallet.keep_basis(posting, facts)
    return posting.balance_after_minor


def _announce_claim(number: Number) -> None:
    events.emit(
        NumberProvisioned(
            number_id=number.id,
            e164=number.e164,
            country_code=number.country,
            capabilities=list(number.capabilities),
            rental_start_at=number.claimed_at,
        ),
        workspace_id=number.workspace_id,
        mode=number.mode,
    )
    ring(number)


def _announce_release(number: Number) -> None:
    assert number.released_at is not None
    events.emit(
        NumberReleased(
            number_id=number.id,
            e164=number.e164,
            country_code=number.country,
            released_at=number.released_at,
        ),
        workspace_id=number.workspace_id,
        mode=number.mode,
    )
    ring(number)


def ring(number: Number) -> None:
    """Tell open pages that the numbers of this workspace changed."""
    bell.ring("live", f"{number.workspace_id}:{number.mode}:numbers")
