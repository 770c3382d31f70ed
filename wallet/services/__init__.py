"""The verbs of the wallet: the only writers of its tables."""

from wallet.services.holds import (
    Growth,
    capture_hold,
    expire_holds,
    grow_hold,
    grow_holds,
    place_hold,
    void_hold,
)
from wallet.services.ledger import (
    Charge,
    charge,
    charge_together,
    credit,
    keep_bases,
    keep_basis,
)
from wallet.services.limits import Caps, announce_reached, set_limit, tightest_day
from wallet.services.topups import start_topup
from wallet.services.wallets import open_wallet, set_threshold

__all__ = [
    "Caps",
    "Charge",
    "Growth",
    "announce_reached",
    "capture_hold",
    "charge",
    "charge_together",
    "credit",
    "expire_holds",
    "grow_hold",
    "grow_holds",
    "keep_bases",
    "keep_basis",
    "open_wallet",
    "place_hold",
    "set_limit",
    "set_threshold",
    "start_topup",
    "tightest_day",
    "void_hold",
]
