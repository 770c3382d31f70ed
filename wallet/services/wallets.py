"""Opening a wallet and setting its threshold."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from wallet.chart import Kind
from wallet.errors import InvalidAmount, WalletNotFound
from wallet.models import Wallet
from wallet.services import ledger


@transaction.atomic
def open_wallet(*, workspace_id: UUID, mode: str, currency: str) -> Wallet:
    """Make the wallet of a workspace and mode, with the trial credit if there is one. Idempotent."""
    fresh = Wallet(workspace_id=workspace_id, mode=mode, currency=currency)
    Wallet.objects.bulk_create([fresh], ignore_conflicts=True)
    if settings.TRIAL_CREDIT_MINOR > 0:
        ledger.credit(
            workspace_id=workspace_id,
            mode=mode,
            net_minor=settings.TRIAL_CREDIT_MINOR,
            vat_minor=0,
            kind=Kind.TRIAL,
            key="trial",
            description="Trial credit",
        )
    return Wallet.objects.get(workspace_id=workspace_id, mode=mode)


def set_threshold(*, workspace_id: UUID, mode: str, threshold_minor: int) -> Wallet:
    """Set the balance below which `wallet.low_balance` is sent; 0 switches it off.

    A balance that is already below does not fire: the next downward crossing does.
    Raises InvalidAmount, WalletNotFound.
    """
    if type(threshold_minor) is not int or not 0 <= threshold_minor < 2**53:
        raise InvalidAmount(reason="threshold_minor is a whole number of cents, zero or more.")
    mine = Wallet.objects.filter(workspace_id=workspace_id, mode=mode)
    changed = mine.update(
        low_balance_threshold_minor=threshold_minor,
        is_low_balance_armed=Q(balance_minor__gte=threshold_minor),
    )
    if not changed:
        raise WalletNotFound(mode=mode)
    return mine.get()
