"""The money left, drawn: what is free, what calls hold, and how long it lasts at the current burn."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wallet.ports import tariff
from wallet.queries import Balance

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Gauge:
    """A bar of WIDTH units; `threshold_x` is where the alert stands, None without one."""

    free_width: int
    held_width: int
    threshold_x: int | None
    minutes: int
    rate_minor: int
    is_burning: bool


def minutes_left(minor: int, rate_minor: int) -> int:
    """Return how many whole minutes some money lasts; 0 where no price is known."""
    return max(0, minor) // rate_minor if rate_minor else 0


def burn_of(workspace_id: UUID, mode: str, currency: str) -> tuple[int, bool]:
    """Return the cents a minute that running calls spend, or else the usual price; True if burning."""
    burning = tariff().burn(workspace_id, mode)
    return burning or tariff().usual_rate(workspace_id, currency), bool(burning)


def draw(workspace_id: UUID, mode: str, balance: Balance) -> Gauge:
    """Lay the balance out: held from the left, then free; the whole width is all that matters."""
    rate, is_burning = burn_of(workspace_id, mode, balance.currency)
    threshold = balance.low_balance_threshold_minor
    whole = max(balance.balance_minor, threshold * 2, 1)
    return Gauge(
        free_width=balance.available_minor * WIDTH // whole,
        held_width=balance.held_minor * WIDTH // whole,
        threshold_x=threshold * WIDTH // whole if threshold else None,
        minutes=minutes_left(
            balance.balance_minor if is_burning else balance.available_minor, rate
        ),
        rate_minor=rate,
        is_burning=is_burning,
    )
