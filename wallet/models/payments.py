"""Top-ups, and what M-Pesa told us about the money."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.ledger import MODE_KNOWN, MODES
from wallet.states import PUBLIC_STATUS, RECEIPT, TOPUP


class TopUp(models.Model):
    """The wish to pay money in, and how far it has come."""

    CHANNELS = (("stk", "M-Pesa prompt"), ("paybill", "M-Pesa Paybill"), ("test", "Test mode"))

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="topups", db_index=False
    )
    mode = models.CharField(max_length=4, choices=MODES)
    channel = models.CharField(max_length=8, choices=CHANNELS, default="stk")
    status = models.CharField(
        max_length=16, choices=[(state, state) for state in TOPUP.states], default=TOPUP.initial
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    phone_e164 = models.CharField(max_length=16, blank=True)
    account_ref = models.CharField(max_length=12)
    callback_token_sha256 = models.CharField(max_length=64, unique=True, null=True)
    merchant_request_id = models.CharField(max_length=64, blank=True)
    checkout_request_id = models.CharField(max_length=64, unique=True, null=True)
    # The receipt once paid, and what was really paid: Paybill amounts are the payer's choice.
    provider_reference = models.CharField(max_length=32, blank=True)
    paid_minor = models.BigIntegerField(null=True)
    result_code = models.CharField(max_length=32, blank=True)
    failure_reason = models.CharField(max_length=24, blank=True)
    # Who said that it failed: our own check, the reply to the push, the callback or a query.
    failure_source = models.CharField(max_length=12, blank=True)
    queries_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = "top-up"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            TOPUP.constraint("wallet_topup_status_known"),
            models.CheckConstraint(condition=MODE_KNOWN, name="wallet_topup_mode_known"),
            models.CheckConstraint(
                condition=Q(channel__in=("stk", "paybill", "test")),
                name="wallet_topup_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_topup_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid")
                | (Q(paid_at__isnull=False, paid_minor__gt=0) & ~Q(provider_reference="")),
                name="wallet_topup_paid_has_receipt",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace", "mode", "created_at"], name="wallet_topup_recent"),
            models.Index(fields=["phone_e164", "created_at"], name="wallet_topup_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_minor // 100} {self.status}"

    @property
    def public_status(self) -> str:
        return PUBLIC_STATUS[self.status]


class MpesaEvent(models.Model):
    """One message from Safaricom, as its bytes arrived; duplicates are evidence."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    token_sha256 = models.CharField(max_length=64, db_index=True)
    raw = models.BinaryField()
    source_ip = models.GenericIPAddressField(null=True)
    received_at = models.DateTimeField(default=clock.now)
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    topup = models.ForeignKey(TopUp, null=True, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = "M-Pesa event"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["received_at"], name="wallet_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_at:%Y-%m-%d %H:%M:%S}"


class MpesaReceipt(models.Model):
    """One real payment; the first source inserts it, later ones only fill in blanks."""

    receipt_no = models.CharField(primary_key=True, max_length=32)
    shortcode = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField(null=True)
    first_source = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=clock.now)
    # Below is what may be enriched later; a trigger refuses the rest.
    status = models.CharField(max_length=12, choices=[(state, state) for state in RECEIPT.states])
    sources = ArrayField(models.CharField(max_length=16), default=list)
    bill_ref_raw = models.CharField(max_length=64, blank=True)
    bill_ref = models.CharField(max_length=12, blank=True)
    msisdn_raw = models.CharField(max_length=80, blank=True)
    msisdn_tail = models.CharField(max_length=3, blank=True)
    # The payer's whole number, from the first message that did not mask it.
    payer_e164 = models.CharField(max_length=16, blank=True, default="", db_default="")
    workspace = models.ForeignKey(
        "accounts.Workspace", null=True, on_delete=models.PROTECT, related_name="+"
    )
    topup = models.ForeignKey(TopUp, null=True, on_delete=models.PROTECT, related_name="receipts")
    verified_by = models.CharField(max_length=16, blank=True)
    verified_at = models.DateTimeField(null=True)
    # How many Pulls of its time have not listed it.
    pulls_missed = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "M-Pesa receipt"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_receipt_amount_positive"
            ),
            RECEIPT.constraint("wallet_receipt_status_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="wallet_receipt_newest"),
            models.Index(
                fields=["payer_e164"], condition=~Q(payer_e164=""), name="wallet_receipt_payer"
            ),
            # The few that wait for an owner, among all that ever came.
            models.Index(
                fields=["-created_at", "-receipt_no"],
                condition=Q(status="suspense"),
                name="wallet_receipt_suspense",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_no


class MpesaAccess(models.Model):
    """What all workers share about one Daraja app: its one live token and the alarm."""

    app = models.CharField(primary_key=True, max_length=64)
    token = models.CharField(max_length=255, blank=True)
    token_expires_at = models.DateTimeField(null=True)
    # The worker that fetches a new token holds this lease; the others wait for its result.
    fetching_until = models.DateTimeField(null=True)
    alarm_until = models.DateTimeField(null=True)
    alarm_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "M-Pesa access"
        verbose_name_plural = "M-Pesa access"

    def __str__(self) -> str:
        return "Daraja access"
