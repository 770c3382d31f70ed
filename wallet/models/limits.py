"""What a workspace or one of its keys may spend, and what a charge was computed from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.ledger import Posting, Wallet


class Limit(models.Model):
    """The most that calls may cost: of a whole wallet, or of those that one API key pays for.

    `committed_minor` is what the calls of the Nairobi day `counted_on` cost or hold; only the hold
    functions write it, under the lock of the wallet.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="limits")
    api_key = models.ForeignKey(
        "accounts.ApiKey", null=True, on_delete=models.CASCADE, related_name="limits"
    )
    day_minor = models.BigIntegerField(null=True)
    call_minor = models.BigIntegerField(null=True)
    minute_minor = models.BigIntegerField(null=True)
    counted_on = models.DateField()
    committed_minor = models.BigIntegerField(default=0)
    # The day whose limit was last announced, so that it is said once a day.
    announced_on = models.DateField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["wallet", "api_key"], name="wallet_limit_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(committed_minor__gte=0), name="wallet_limit_committed_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"limit of {self.api_key_id or self.wallet_id}"


class Basis(models.Model):
    """How the amount of a charge came about: everything needed to compute it again."""

    posting = models.OneToOneField(
        Posting, primary_key=True, on_delete=models.PROTECT, related_name="basis"
    )
    facts = models.JSONField()

    class Meta:
        verbose_name_plural = "bases"

    def __str__(self) -> str:
        return f"basis of {self.posting_id}"
