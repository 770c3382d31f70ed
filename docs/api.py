"""The public price list: what a browser may show without a key."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Max, Min
from rest_framework.request import Request
from rest_framework.response import Response

from calls.models import Rate
from calls.services.rates import in_force
from docs import shapes
from kernel import clock
from kernel.api import ApiView
from kernel.money import vat_on
from numbers.models import Inventory

CURRENCY = "KES"
RECORDING_FREE_GB = 5
HOME_PREFIX = "+254"
ANYONE = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


class PricingView(ApiView):
    """What numbers and minutes cost, in shillings and in minor units; needs no key."""

    public = True
    outputs: ClassVar = {"GET": {200: shapes.PRICING}}

    def get(self, request: Request) -> Response:
        rates = current_rates()
        monthly = Inventory.objects.aggregate(lowest=Min("monthly_price_minor"))["lowest"]
        body = {
            "currency": CURRENCY,
            **_price("number_monthly", monthly),
            "number_monthly_with_vat_minor": None if monthly is None else monthly + vat_on(monthly),
            **_price("outbound_per_min", _home_rate(rates, "outbound")),
            **_price("inbound_per_min", _home_rate(rates, "inbound")),
            "recording_free_gb": RECORDING_FREE_GB,
            "rates": [_line(rate) for rate in rates],
            "updated_at": clock.rfc3339(_changed_at()),
        }
        return Response(body, headers=ANYONE)


def current_rates() -> list[Rate]:
    """Return everybody's newest price of every destination, as it is in force."""
    everybodys = Rate.objects.filter(currency=CURRENCY, workspace=None)
    found = in_force(everybodys, clock.now())
    return sorted(found, key=lambda rate: (rate.direction, rate.prefix))


def _home_rate(rates: list[Rate], direction: str) -> int | None:
    """Return the price of the longest prefix that covers Kenya."""
    fitting = [r for r in rates if r.direction == direction and HOME_PREFIX.startswith(r.prefix)]
    best = max(fitting, key=lambda rate: len(rate.prefix), default=None)
    return best.minor_per_minute if best else None


def _changed_at() -> datetime | None:
    begun = Rate.objects.filter(workspace=None, valid_from__lte=clock.now())
    moment: datetime | None = begun.aggregate(at=Max("valid_from"))["at"]
    return moment


def _price(name: str, minor: int | None) -> dict[str, Any]:
    return {f"{name}_kes": _shillings(minor), f"{name}_minor": minor}


def _line(rate: Rate) -> dict[str, Any]:
    return {
        "direction": rate.direction,
        "destination": rate.prefix,
        "per_minute": _shillings(rate.minor_per_minute),
        "per_minute_minor": rate.minor_per_minute,
    }


# A price tag for people's pages, as the contract has it; nothing is ever computed from it.
def _shillings(minor: int | None) -> int | float | None:
    if minor is None:
        return None
    return minor // 100 if minor % 100 == 0 else minor / 100
