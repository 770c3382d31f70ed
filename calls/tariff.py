"""What talking costs, for the wallet: its Tariff port over the price list and the running calls."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Sum

from calls.destinations import HOME_PREFIX
from calls.errors import DestinationDenied
from calls.models import Call
from calls.services.rates import rate_for


class CallTariff:
    """The `wallet.ports.Tariff` of our price list."""

    def usual_rate(
        self, workspace_id: UUID | None, currency: str, *, direction: str = "outbound"
    ) -> int:
        try:
            rate = rate_for(
                direction=direction,
                e164=HOME_PREFIX,
                currency=currency,
                workspace_id=workspace_id,
            )
        except DestinationDenied:
            return 0
        return rate.minor_per_minute

    def burn(self, workspace_id: UUID, mode: str) -> int:
        talking = Call.objects.filter(workspace_id=workspace_id, mode=mode, status="answered")
        found = talking.aggregate(sum=Sum("rate_minor_per_minute"))["sum"]
        return int(found or 0)
