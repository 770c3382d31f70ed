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
    doc="The settled balance fell below the threshold; sent once until it has recovered.",
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
