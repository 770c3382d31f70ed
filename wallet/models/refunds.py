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
    """Money of a payment going back: all of it by reversal, or a part of it paid out.

    What is in a wallet is held before M-Pesa is asked; money in suspense has no hold.
    """

    WAYS = (("reversal", "Reversal in full"), ("b2c", "Payout of a part"))

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    receipt = models.ForeignKey(MpesaReceipt, on_delete=models.PROTECT, related_name="refunds")
    hold = models.OneToOneField(Hold, null=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=WAYS, default="reversal")
    amount_minor = models.BigIntegerField()
    # Whom a payout goes to; a reversal goes back to where it came from.
    phone_e164 = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=100)
    status = models.CharField(
        max_length=12, choices=[(state, state) for state in REFUND.states], default=REFUND.initial
    )
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=clock.now)
    callback_token_sha256 = models.CharField(max_length=64, unique=True)
    conversation_id = models.CharField(max_length=64, blank=True)
    # Daraja's name for an order of reversal; a payout goes by ours.
    originator_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    result_code = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            REFUND.constraint("wallet_refund_status_known"),
            models.UniqueConstraint(
                fields=["receipt"],
                name="wallet_refund_one_open",
                condition=~Q(status="failed") & ~Q(status="done", way="b2c"),
            ),
            models.CheckConstraint(
                condition=Q(way__in=("reversal", "b2c")), name="wallet_refund_way_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_refund_amount_positive"
            ),
        ]

    @property
    def order_id(self) -> str:
        """The name under which M-Pesa knows the order; nothing for a reversal it never confirmed."""
        return str(self.id) if self.way == "b2c" else self.originator_id

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.status}"
