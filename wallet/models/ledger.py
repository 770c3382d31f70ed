"""Wallets, the ledger and holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kernel import clock, ids
from wallet.chart import Account, Kind
from wallet.states import HOLD

MODES = (("live", "Live"), ("test", "Test"))
MODE_KNOWN = Q(mode__in=("live", "test"))


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
            models.CheckConstraint(condition=MODE_KNOWN, name="wallet_wallet_mode_known"),
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
    # Null only for money in suspense, whose owner is not known, and for its way back.
    workspace = models.ForeignKey(
        "accounts.Workspace",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
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
            models.CheckConstraint(condition=MODE_KNOWN, name="wallet_posting_mode_known"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="wallet_posting_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(net_minor__gte=0, vat_minor__gte=0)
                & (Q(net_minor__gt=0) | Q(vat_minor__gt=0)),
                name="wallet_posting_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(workspace__isnull=False) | Q(kind__in=(Kind.SUSPENSE, Kind.REVERSAL)),
                name="wallet_posting_has_owner",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["call_id"], name="wallet_posting_call", condition=Q(call_id__isnull=False)
            ),
            models.Index(fields=["workspace", "mode", "-created_at"], name="wallet_posting_newest"),
            # Calls are most of a statement; whatever is rare among them is found by its kind.
            models.Index(
                fields=["workspace", "mode", "kind", "-created_at"],
                name="wallet_posting_kind",
                condition=~Q(kind=Kind.CALL),
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
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
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
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
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
    # What of it counts against the day limits of which Nairobi day, and of which API key.
    api_key_id = models.UUIDField(null=True)
    counted_on = models.DateField(null=True)
    counted_minor = models.BigIntegerField(default=0)

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
            models.Index(fields=["wallet", "counted_on"], name="wallet_hold_day"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"
