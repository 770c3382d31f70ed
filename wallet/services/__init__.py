"""The verbs of the wallet: the only writers of its tables."""

from wallet.services.holds import capture_hold, expire_holds, grow_hold, place_hold, void_hold
from wallet.services.ledger import charge, credit
from wallet.services.topups import start_topup
from wallet.services.wallets import open_wallet, set_threshold

__all__ = [
    "capture_hold",
    "charge",
    "credit",
    "expire_holds",
    "grow_hold",
    "open_wallet",
    "place_hold",
    "set_threshold",
    "start_topup",
    "void_hold",
]
