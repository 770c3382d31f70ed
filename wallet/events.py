"""The events of the wallet."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import event


@event(
    "wallet.top_up",
    doc="Money arrived and is in the wallet.",
    sample={
        "topup_id": "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
        "amount_minor": 100000,
        "currency": "KES",
        "new_balance_minor": 100000,
        "provider": "mpesa",
        "provider_reference": "LGR5KZN81B",
    },
)
@dataclass(frozen=True, slots=True)
class WalletToppedUp:
    topup_id: UUID
    amount_minor: int
    currency: str
    new_balance_minor: int
    provider: str
    provider_reference: str


@event(
    "wallet.low_balance",
    doc="The settled balance fell below the threshold; sent once until it has recovered. "
    "`minutes_left` is how long it lasts at what the running calls cost a minute, or at the usual "
    "price when none runs.",
    sample={
        "balance_minor": 45000,
        "currency": "KES",
        "threshold_minor": 50000,
        "minutes_left": 150,
    },
)
@dataclass(frozen=True, slots=True)
class WalletRanLow:
    balance_minor: int
    currency: str
    threshold_minor: int
    minutes_left: int


@event(
    "wallet.limit_reached",
    doc="A day limit holds calls back; sent once a day for each limit.",
    sample={
        "limit_minor": 500000,
        "committed_minor": 499800,
        "currency": "KES",
        "day": "2026-11-22",
        "api_key_id": None,
    },
)
@dataclass(frozen=True, slots=True)
class LimitWasReached:
    limit_minor: int
    committed_minor: int
    currency: str
    day: str
    api_key_id: UUID | None
