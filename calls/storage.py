"""Storage tiers: how much each keeps, for how long, and what it costs a month; pure."""

from __future__ import annotations

from typing import Final

from django.conf import settings

FREE_GB: Final = 5
# Tiers and the least days that a recording is kept in them.
_DAYS: Final = {5: 0, 10: 180, 25: 365, 50: 365, 100: 730, 250: 730}
TIERS: Final = tuple(_DAYS)
GB: Final = 1_000_000_000


def monthly_price_minor(tier_gb: int) -> int:
    """Return the price of a month without VAT: every gigabyte above the free ones."""
    above: int = max(0, tier_gb - FREE_GB)
    return above * int(settings.STORAGE_MINOR_PER_GB)


def retention_days(tier_gb: int) -> int:
    """Return how long a recording is kept, never less than in the free tier."""
    return max(int(settings.RECORDING_DAYS), _DAYS[tier_gb])
