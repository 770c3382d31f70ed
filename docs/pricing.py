"""The price list as everybody sees it: what is in force now."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Min

from calls.models import Rate
from calls.services.rates import in_force
from kernel import clock
from kernel.money import Money, vat_on
from numbers.models import Inventory

CURRENCY = "KES"
HOME_PREFIX = "+254"


def current_rates() -> list[Rate]:
    """Return everybody's newest price of every destination, as it is in force."""
    everybodys = Rate.objects.filter(currency=CURRENCY, workspace=None)
    found = in_force(everybodys, clock.now())
    return sorted(found, key=lambda rate: (rate.direction, rate.prefix))


def announced_rates() -> list[Rate]:
    """Return everybody's prices that are published and not yet in force, the next first."""
    coming = Rate.objects.filter(currency=CURRENCY, workspace=None, valid_from__gt=clock.now())
    return list(coming.order_by("valid_from", "direction", "prefix"))


def home_rate(rates: list[Rate], direction: str) -> int | None:
    """Return the price of the longest prefix that covers Kenya."""
    fitting = [r for r in rates if r.direction == direction and HOME_PREFIX.startswith(r.prefix)]
    best = max(fitting, key=lambda rate: len(rate.prefix), default=None)
    return best.minor_per_minute if best else None


def monthly_rent() -> int | None:
    """Return what the cheapest number costs a month, before VAT."""
    rent: int | None = Inventory.objects.aggregate(lowest=Min("monthly_price_minor"))["lowest"]
    return rent


def changed_at() -> datetime | None:
    """Return when a price of everybody's last began."""
    begun = Rate.objects.filter(workspace=None, valid_from__lte=clock.now())
    moment: datetime | None = begun.aggregate(at=Max("valid_from"))["at"]
    return moment


def home_prices() -> dict[str, int]:
    """Return what a minute out, a minute in and a number cost at home; 0 where nothing is sold."""
    rates = current_rates()
    return {
        "outbound": home_rate(rates, "outbound") or 0,
        "inbound": home_rate(rates, "inbound") or 0,
        "rent": monthly_rent() or 0,
    }


# The values are what the page prints.
def tables() -> dict[str, object]:
    """Return what the pricing page prints: prices in force, those announced, and a rental."""
    rent = monthly_rent()
    return {
        "rates": [_line(rate) for rate in current_rates()],
        "announced": [_line(rate) for rate in announced_rates()],
        "rent": None if rent is None else str(Money(rent, CURRENCY)),
        "rent_with_vat": None if rent is None else str(Money(rent + vat_on(rent), CURRENCY)),
    }


def _line(rate: Rate) -> dict[str, str]:
    return {
        "direction": rate.direction,
        "prefix": rate.prefix,
        "price": str(Money(rate.minor_per_minute, rate.currency)),
        "version": rate.name,
        "from": rate.valid_from.astimezone(clock.NAIROBI).strftime("%Y-%m-%d %H:%M"),
    }
