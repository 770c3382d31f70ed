"""The chart of accounts: which accounts exist, which kinds of posting, and where each books."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """An account of the books; every posting moves at least two of them and sums to zero."""

    WALLET = "wallet", "What customers have paid in and not spent"
    RECEIVABLE = "receivable", "What a workspace owes after a reversal of spent money"
    MPESA_CLEARING = "mpesa_clearing", "Money at Safaricom"
    SUSPENSE = "suspense", "Money received without a known owner"
    REVENUE_CALL = "revenue:call", "Calls, net"
    REVENUE_RENTAL = "revenue:rental", "Number rental, net"
    REVENUE_STORAGE = "revenue:storage", "Storage, net"
    REVENUE_SUPERVISION = "revenue:supervision", "Supervision legs, net"
    VAT_PAYABLE = "vat_payable", "VAT owed to the authority"
    ADJUSTMENTS = "adjustments", "Corrections by an operator"
    TRIAL = "trial", "Credit given away, and all money of test wallets"


class Kind(models.TextChoices):
    """Why a posting was made; the words of the statement."""

    TOPUP = "topup", _("Top-up")
    CALL = "call", _("Call")
    RENTAL = "rental", _("Number rental")
    RENTAL_REFUND = "rental_refund", _("Rental refund")
    STORAGE = "storage", _("Storage")
    SUPERVISION = "supervision", _("Supervision")
    REVERSAL = "reversal", _("Reversal")
    ADJUSTMENT = "adjustment", _("Adjustment")
    TRIAL = "trial", _("Trial credit")
    # The last two never touch the statement of the workspace they do not know yet.
    SUSPENSE = "suspense", _("Received without an owner")
    SUSPENSE_RELEASE = "suspense_release", _("Released from suspense")


STATEMENT_KINDS = tuple(kind.value for kind in Kind if kind != Kind.SUSPENSE)

_CONTRA = {
    Kind.TOPUP: Account.MPESA_CLEARING,
    Kind.CALL: Account.REVENUE_CALL,
    Kind.RENTAL: Account.REVENUE_RENTAL,
    Kind.RENTAL_REFUND: Account.REVENUE_RENTAL,
    Kind.STORAGE: Account.REVENUE_STORAGE,
    Kind.SUPERVISION: Account.REVENUE_SUPERVISION,
    Kind.REVERSAL: Account.MPESA_CLEARING,
    Kind.ADJUSTMENT: Account.ADJUSTMENTS,
    Kind.TRIAL: Account.TRIAL,
    Kind.SUSPENSE: Account.MPESA_CLEARING,
    Kind.SUSPENSE_RELEASE: Account.SUSPENSE,
}


def contra_account(kind: str, mode: str) -> str:
    """Return the account on the other side of the wallet; test money never touches M-Pesa."""
    if mode == "test" and kind == Kind.TOPUP:
        return Account.TRIAL.value
    return _CONTRA[Kind(kind)].value
