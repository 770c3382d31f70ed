"""The nouns of the wallet: wallets, the ledger, holds, top-ups and what M-Pesa told us."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel import clock, ids
from wallet.chart import Account, Kind
from wallet.states import HOLD, PUBLIC_STATUS, RECEIPT, TOPUP

MODES = (("live", "Live"), ("test", "Test"))
_MODE_KNOWN = Q(mode__in=("live", "test"))


class Wallet(models.Model):
    """The money of one workspace in one mode; the only place a balance lives."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="wallets"
    )
    mode = models.CharField(max_length=4, choices=MODES)
    currency = models.CharField(max_length=3, editable=False)
    balance_minor = models.BigIntegerField(default=0, editable=False)
    held_minor = models.BigIntegerField(default=0, editable=False)
    receivable_minor = models.BigIntegerField(default=0, editable=False)
    low_balance_threshold_minor = models.BigIntegerField(default=0)
    # False between a downward crossing of the threshold and the recovery.
    is_low_balance_armed = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["workspace", "mode"], name="wallet_wallet_once"),
            models.CheckConstraint(condition=_MODE_KNOWN, name="wallet_wallet_mode_known"),
            models.CheckConstraint(condition=Q(held_minor__gte=0), name="wallet_held_not_negative"),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=F("held_minor")), name="wallet_balance_covers_held"
            ),
            models.CheckConstraint(
                condition=Q(receivable_minor__gte=0), name="wallet_receivable_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(low_balance_threshold_minor__gte=0),
                name="wallet_threshold_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} wallet ({self.mode})"

    @property
    def available_minor(self) -> int:
        return self.balance_minor - self.held_minor


class Posting(models.Model):
    """One movement of money: why, for what, and how much; its entries say where."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    # Null only for money in suspense, whose owner is not known yet.
    workspace = models.ForeignKey(
        "accounts.Workspace", null=True, on_delete=models.PROTECT, related_name="+"
    )
    mode = models.CharField(max_length=4, choices=MODES)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source_ref = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField(default=0)
    description = models.CharField(max_length=200, blank=True)
    call_id = models.UUIDField(null=True)
    number_id = models.UUIDField(null=True)
    topup_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    # Filled by the ledger verbs and by the statement query; it belongs to the wallet entry.
    balance_after_minor: int

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["workspace", "mode", "kind", "source_ref"],
                name="wallet_posting_once",
                nulls_distinct=False,
            ),
            # Second belt: one M-Pesa receipt is one posting, whoever it is credited to.
            models.UniqueConstraint(
                fields=["kind", "source_ref"],
                name="wallet_receipt_posted_once",
                condition=Q(kind__in=(Kind.TOPUP, Kind.SUSPENSE, Kind.SUSPENSE_RELEASE)),
            ),
            models.CheckConstraint(condition=_MODE_KNOWN, name="wallet_posting_mode_known"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="wallet_posting_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(net_minor__gte=0, vat_minor__gte=0)
                & (Q(net_minor__gt=0) | Q(vat_minor__gt=0)),
                name="wallet_posting_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(workspace__isnull=False) | Q(kind=Kind.SUSPENSE),
                name="wallet_posting_has_owner",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["call_id"], name="wallet_posting_call", condition=Q(call_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_ref}"

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.vat_minor


class Entry(models.Model):
    """One signed line of a posting; never changed, never removed."""

    # Given after the wallet's lock is taken, so a wallet's entries are in order of their id.
    id = models.BigAutoField(primary_key=True)
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=24, choices=Account.choices)
    wallet = models.ForeignKey(
        Wallet, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    amount_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(account__in=Account.values), name="wallet_entry_account_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    account=Account.WALLET,
                    wallet__isnull=False,
                    balance_after_minor__isnull=False,
                    balance_after_minor__gte=0,
                )
                | (
                    ~Q(account=Account.WALLET)
                    & Q(wallet__isnull=True, balance_after_minor__isnull=True)
                ),
                name="wallet_entry_names_its_wallet",
            ),
            # A top-up that pays only what is owed leaves the wallet as it was.
            models.CheckConstraint(
                condition=~Q(amount_minor=0) | Q(account=Account.WALLET),
                name="wallet_entry_moves_something",
            ),
            models.UniqueConstraint(fields=["posting", "account"], name="wallet_entry_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wallet", "id"],
                name="wallet_entry_chain",
                condition=Q(wallet__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor:+d}"


class Hold(models.Model):
    """Money set aside before it is spent; captured, voided or expired exactly once."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="holds")
    key = models.CharField(max_length=200, unique=True)
    amount_minor = models.BigIntegerField()
    status = models.CharField(
        max_length=12, choices=[(state, state) for state in HOLD.states], default=HOLD.initial
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    posting = models.ForeignKey(
        Posting, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            HOLD.constraint("wallet_hold_status_known"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_hold_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="placed", closed_at__isnull=True, posting__isnull=True)
                | Q(status="captured", closed_at__isnull=False)
                | Q(
                    status__in=("voided", "expired"), closed_at__isnull=False, posting__isnull=True
                ),
                name="wallet_hold_closed_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["expires_at"], name="wallet_hold_open", condition=Q(status="placed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"


class TopUp(models.Model):
    """The wish to pay money in, and how far it has come."""

    CHANNELS = (("stk", "M-PESA prompt"), ("paybill", "M-PESA Paybill"), ("test", "Test mode"))

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
            models.CheckConstraint(condition=_MODE_KNOWN, name="wallet_topup_mode_known"),
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
        verbose_name = "M-PESA event"

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
    workspace = models.ForeignKey(
        "accounts.Workspace", null=True, on_delete=models.PROTECT, related_name="+"
    )
    topup = models.ForeignKey(TopUp, null=True, on_delete=models.PROTECT, related_name="receipts")
    verified_by = models.CharField(max_length=16, blank=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "M-PESA receipt"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_receipt_amount_positive"
            ),
            RECEIPT.constraint("wallet_receipt_status_known"),
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
        verbose_name = "M-PESA access"
        verbose_name_plural = "M-PESA access"

    def __str__(self) -> str:
        return "Daraja access"
