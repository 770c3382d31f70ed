"""Reads of numbers that more than one door or app needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from kernel import clock, ids
from kernel.rows import Lookup
from numbers import rental
from numbers.errors import NumberNotFound, SipCredentialNotFound
from numbers.models import Inventory, Number, Rental, SipCredential
from numbers.states import HELD, OFFERED

# Country, area and the exchange: +254 20 0.
PREFIX_LENGTH = 7
_HOLDER = Lookup(
    lambda e164: Number.objects.select_related("workspace").filter(e164=e164, status__in=HELD)
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What claiming a number costs today, and for which days."""

    net_minor: int
    vat_minor: int
    days_left: int
    days_in_month: int
    first_on: date
    last_on: date
    monthly_price_minor: int
    currency: str

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.vat_minor


def quote(inventory: Inventory, on: date | None = None) -> Quote:
    """Price the rest of the month from a day in Nairobi, today unless told."""
    period = rental.rest_of_month(on or clock.nairobi_today())
    price = rental.price(inventory.monthly_price_minor, period)
    return Quote(
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
        days_left=period.days,
        days_in_month=period.days_in_month,
        first_on=period.first_on,
        last_on=period.last_on,
        monthly_price_minor=inventory.monthly_price_minor,
        currency=inventory.currency,
    )


def available(
    mode: str,
    *,
    country: str = "",
    currency: str = "",
    capability: str = "",
    contains: str = "",
    prefix: str = "",
) -> QuerySet[Inventory]:
    """List what a workspace in this mode may claim, in the order of the numbers."""
    rows = Inventory.objects.filter(Q(mode=mode) | Q(mode="both"), state__in=OFFERED)
    if country:
        rows = rows.filter(country=country.upper())
    if currency:
        rows = rows.filter(currency=currency.upper())
    if capability:
        rows = rows.filter(capabilities__contains=[capability])
    if contains:
        rows = rows.filter(e164__contains=contains)
    if prefix:
        rows = rows.filter(e164__startswith=prefix)
    return rows.order_by("e164")


def prices_by_prefix(mode: str) -> list[tuple[str, int]]:
    """List what is offered as (the first digits, the month's price), each pair once."""
    rows = available(mode).order_by().annotate(prefix=Left("e164", PREFIX_LENGTH))
    return list(rows.values_list("prefix", "monthly_price_minor").distinct())


def access_inventory(mode: str, *, inventory_id: str = "", e164: str = "") -> Inventory:
    """Fetch a row this mode may claim, by id or number, whoever holds it. Raises NumberNotFound."""
    rows = Inventory.objects.filter(Q(mode=mode) | Q(mode="both"))
    found = None
    if inventory_id and ids.is_uuid(inventory_id):
        found = rows.filter(id=inventory_id).first()
    elif e164 and not inventory_id:
        found = rows.filter(e164=e164).first()
    if found is None:
        raise NumberNotFound()
    return found


def numbers_of(workspace_id: UUID, mode: str) -> QuerySet[Number]:
    """List the numbers a workspace holds."""
    return Number.objects.filter(workspace_id=workspace_id, mode=mode, status__in=HELD)


def first_number(workspace_id: UUID, mode: str) -> str:
    """Give the number that sample code calls from, or nothing."""
    held = numbers_of(workspace_id, mode).filter(status="active").order_by("created_at")
    return held.values_list("e164", flat=True).first() or ""


def has_suspended(workspace_id: UUID, mode: str) -> bool:
    """Say whether a workspace has numbers that wait for money."""
    rows = Number.objects.filter(workspace_id=workspace_id, mode=mode, status="suspended")
    return rows.exists()


def access_number(workspace_id: UUID, mode: str, number_id: UUID | str) -> Number:
    """Fetch one number of a workspace and mode, released ones too. Raises NumberNotFound."""
    found = None
    if ids.is_uuid(str(number_id)):
        mine = Number.objects.filter(workspace_id=workspace_id, mode=mode)
        found = mine.filter(id=number_id).first()
    if found is None:
        raise NumberNotFound()
    return found


def active_number(workspace_id: UUID, mode: str, e164: str) -> Number | None:
    """Find a number this workspace may call from now."""
    return Number.objects.filter(
        workspace_id=workspace_id, mode=mode, e164=e164, status="active"
    ).first()


def number_by_e164(e164: str) -> Number | None:
    """Find whoever holds a number now, suspended or not."""
    return _HOLDER.first(e164)


def current_rental(number: Number, on: date | None = None) -> Rental | None:
    """Find the debit that covers this month, if it was made."""
    month = rental.month_of(on or clock.nairobi_today())
    return Rental.objects.filter(number=number, month=month).first()


def sip_credentials_of(number: Number) -> QuerySet[SipCredential]:
    """List what phones may register with to be a number, oldest first."""
    return SipCredential.objects.filter(number=number).order_by("created_at", "id")


def access_sip_credential(number: Number, credential_id: str) -> SipCredential:
    """Fetch one credential of a number. Raises SipCredentialNotFound."""
    found = None
    if ids.is_uuid(credential_id):
        found = SipCredential.objects.filter(number=number, pk=credential_id).first()
    if found is None:
        raise SipCredentialNotFound()
    return found


def sip_credential_of(workspace_id: UUID, mode: str, username: str) -> SipCredential | None:
    """Find a credential of a workspace and mode by its user name, while its number is held."""
    held = SipCredential.objects.select_related("number__workspace").filter(
        username=username, number__status__in=HELD
    )
    return held.filter(number__workspace_id=workspace_id, number__mode=mode).first()


def greetings(prefix: str) -> list[tuple[UUID, UUID, str]]:
    """Return the held numbers whose voicemail greeting begins so: id, workspace, greeting."""
    rows = Number.objects.filter(status__in=HELD, voicemail_greeting__startswith=prefix)
    return list(rows.values_list("id", "workspace_id", "voicemail_greeting"))
