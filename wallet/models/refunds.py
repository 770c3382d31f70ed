"""Payments that we send back to who made them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.ledger import Hold
from wallet.models.payments import MpesaReceipt
from wallet.states import REFUND


class Refund(models.Model):
    """One payment going back in full; its money is held before M-Pesa is asked."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    receipt = models.ForeignKey(MpesaReceipt, on_delete=models.PROTECT, related_name="refunds")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=100)
    status = models.CharField(
        max_length=12, choices=[(state, state) for state in REFUND.states], default=REFUND.initial
    )
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=clock.now)
    callback_token_sha256 = models.CharField(max_length=64, unique=True)
    conversation_id = models.CharField(max_length=64, blank=True)
    result_code = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            REFUND.constraint("wallet_refund_status_known"),
            models.UniqueConstraint(
                fields=["receipt"], name="wallet_refund_one_open", condition=~Q(status="failed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.status}"
