"""What a minute of a number costs: the price list says it, for every number of a currency alike."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wallet.ports import tariff


@dataclass(frozen=True, slots=True)
class MinutePrices:
    """A minute of calling at home and of being called, VAT included."""

    outbound_minor: int
    inbound_minor: int


class PriceList:
    """The prices of a workspace by currency, each asked for once."""

    def __init__(self, workspace_id: UUID | None) -> None:
        self._workspace_id = workspace_id
        self._known: dict[str, MinutePrices] = {}

    def of(self, currency: str) -> MinutePrices:
        if currency not in self._known:
            usual = tariff().usual_rate
            self._known[currency] = MinutePrices(
                outbound_minor=usual(self._workspace_id, currency),
                inbound_minor=usual(self._workspace_id, currency, direction="inbound"),
            )
        return self._known[currency]
