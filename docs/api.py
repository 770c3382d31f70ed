"""The public price list: what a browser may show without a key."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from calls.models import Rate
from docs import pricing, shapes
from kernel import clock
from kernel.api import ApiView
from kernel.money import vat_on

RECORDING_FREE_GB = 5
ANYONE = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


class PricingView(ApiView):
    """What numbers and minutes cost, in shillings and in minor units; needs no key."""

    public = True
    outputs: ClassVar = {"GET": {200: shapes.PRICING}}

    def get(self, request: Request) -> Response:
        rates = pricing.current_rates()
        monthly = pricing.monthly_rent()
        body = {
            "currency": pricing.CURRENCY,
            **_price("number_monthly", monthly),
            "number_monthly_with_vat_minor": None if monthly is None else monthly + vat_on(monthly),
            **_price("outbound_per_min", pricing.home_rate(rates, "outbound")),
            **_price("inbound_per_min", pricing.home_rate(rates, "inbound")),
            "recording_free_gb": RECORDING_FREE_GB,
            "rates": [_line(rate) for rate in rates],
            "updated_at": clock.rfc3339(pricing.changed_at()),
        }
        return Response(body, headers=ANYONE)


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
