"""What we ask M-Pesa to verify: one payment, or what our own account holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.payments import TopUp
from wallet.models.refunds import Refund
from wallet.states import INQUIRY


class Inquiry(models.Model):
    """One question and what came of it; money that waits for the answer is not in the ledger yet."""

    KINDS = (
        ("payment", "Transaction Status"),
        ("balance", "Account Balance"),
        ("refund", "Status of a refund"),
    )

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=KINDS)
    status = models.CharField(
        max_length=12,
        choices=[(state, state) for state in INQUIRY.states],
        default=INQUIRY.initial,
    )
    reason = models.CharField(max_length=100)
    # What the message said that we do not take on trust.
    receipt_no = models.CharField(max_length=32, blank=True)
    claimed_minor = models.BigIntegerField(null=True)
    topup = models.ForeignKey(TopUp, null=True, on_delete=models.PROTECT, related_name="+")
    refund = models.OneToOneField(
        Refund, null=True, on_delete=models.PROTECT, related_name="inquiry"
    )
    bill_ref = models.CharField(max_length=64, blank=True)
    msisdn = models.CharField(max_length=80, blank=True)
    # What M-Pesa said, and of a balance what our books said at that moment.
    found_minor = models.BigIntegerField(null=True)
    books_minor = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    callback_token_sha256 = models.CharField(max_length=64, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "inquiries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            INQUIRY.constraint("wallet_inquiry_status_known"),
            models.UniqueConstraint(
                fields=["receipt_no"],
                name="wallet_inquiry_one_each",
                condition=Q(kind="payment"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "asked_at"], name="wallet_inquiry_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.receipt_no} {self.status}".replace("  ", " ")
