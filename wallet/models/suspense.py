"""The way of money out of suspense: who says it is theirs, where it should go, and who agreed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.payments import MpesaReceipt
from wallet.states import CLAIM, RELEASE


class Release(models.Model):
    """A request to credit a payment in suspense to a workspace."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    receipt = models.ForeignKey(MpesaReceipt, on_delete=models.PROTECT, related_name="releases")
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    status = models.CharField(
        max_length=12,
        choices=[(state, state) for state in RELEASE.states],
        default=RELEASE.initial,
    )
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            RELEASE.constraint("wallet_release_status_known"),
            models.UniqueConstraint(
                fields=["receipt"],
                name="wallet_release_one_open",
                condition=Q(status__in=("asked", "done")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.status}"


class Claim(models.Model):
    """A customer's word: "I paid this and typed the wrong account number"."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    receipt_no = models.CharField(max_length=32, db_index=True)
    amount_minor = models.BigIntegerField()
    phone_tail = models.CharField(max_length=3)
    status = models.CharField(
        max_length=12, choices=[(state, state) for state in CLAIM.states], default=CLAIM.initial
    )
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField(default=clock.now)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            CLAIM.constraint("wallet_claim_status_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace", "made_at"], name="wallet_claim_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_no} {self.status}"
