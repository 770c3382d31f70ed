"""The seal over the ledger: a hash for each entry, chained wallet by wallet, and one root a night."""

from __future__ import annotations

from django.db import models

from kernel import clock
from wallet.models.ledger import Entry


class SealedNight(models.Model):
    """One sealing: how much the ledger held, and the one hash that stands for all of it."""

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField(default=clock.now)
    wallets_count = models.PositiveIntegerField()
    entries_count = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.sealed_at:%Y-%m-%d} {self.root[:12]}"


class Seal(models.Model):
    """The hash of one entry, its posting and the seal of the wallet's entry before."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="seal"
    )
    night = models.ForeignKey(SealedNight, on_delete=models.PROTECT, related_name="seals")
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
