"""What the wallet needs of apps it does not know: work, and what talking costs.

Settings TARIFF names the class that knows prices.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

# The ref is a receipt number: tell the owners that its payment went back.
TELL_OWNERS_OF_REVERSAL = "accounts.mail_reversal"
# The ref is a top-up that was paid after we had stopped waiting for it.
TELL_OWNERS_OF_LATE_TOPUP = "accounts.mail_late_topup"


class Tariff(Protocol):
    """Knows what talking costs a workspace; 0 where nothing is known."""

    def usual_rate(
        self, workspace_id: UUID | None, currency: str, *, direction: str = "outbound"
    ) -> int:
        """Return the price of a minute with a number at home; None is everybody's price."""

    def burn(self, workspace_id: UUID, mode: str) -> int:
        """Return what the calls that are answered now cost a minute, together."""


@cache
def _tariff(path: str) -> Tariff:
    return cast(Tariff, import_string(path)())


def tariff() -> Tariff:
    """Return the price list named by the settings."""
    return _tariff(settings.TARIFF)
