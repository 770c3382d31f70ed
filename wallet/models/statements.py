"""M-Pesa's own statement of our Paybill, what each row of it met here, and what did not agree."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel import clock, ids
from wallet.models.ledger import Posting
from wallet.states import FINDING


class Statement(models.Model):
    """One file as it was exported; never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField("file", max_length=200)
    # The same file twice is the same statement.
    sha256 = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField()
    shortcode = models.CharField("Paybill", max_length=10)
    period_from = models.DateTimeField(null=True)
    period_to = models.DateTimeField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    rows_count = models.PositiveIntegerField()
    # Lines whose balance does not follow from the one before: the file is not whole.
    breaks = ArrayField(models.PositiveIntegerField(), default=list)
    # Verdict to how many rows and how much money, as it was found on the day of the import.
    counts = models.JSONField()
    imported_by = models.CharField(max_length=100)
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "M-Pesa statement"

    def __str__(self) -> str:
        return f"{self.name} of {self.shortcode}"


class StatementRow(models.Model):
    """One row of a statement and what it met in our books on the day of the import."""

    VERDICTS = (
        ("matched", "Matched"),
        ("missing", "Missing here"),
        ("different", "Different"),
        ("reversed", "Reversed there"),
        ("other", "No payment"),
        ("repeated", "Repeated row"),
        ("ignored", "Not completed"),
        ("unreadable", "Unreadable"),
    )
    DIRECTIONS = (("in", "Paid in"), ("out", "Withdrawn"))
    NATURES = (
        ("payment", "Payment"),
        ("reversal", "Reversal"),
        ("charge", "Charge"),
        ("payout", "Payout"),
        ("transfer", "Transfer"),
    )

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    line_no = models.PositiveIntegerField("line")
    receipt_no = models.CharField("receipt", max_length=32)
    direction = models.CharField(max_length=3, choices=DIRECTIONS, blank=True)
    nature = models.CharField("what", max_length=10, choices=NATURES, blank=True)
    amount_minor = models.BigIntegerField()
    completed_at = models.DateTimeField(null=True)
    balance_minor = models.BigIntegerField(null=True)
    bill_ref = models.CharField("account number", max_length=64, blank=True)
    msisdn = models.CharField("phone", max_length=80, blank=True)
    linked_receipt_no = models.CharField("takes back", max_length=32, blank=True)
    details = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=12, choices=VERDICTS)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "statement row"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["statement", "line_no"], name="wallet_statementrow_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["receipt_no"], name="wallet_statementrow_receipt"),
            models.Index(
                fields=["linked_receipt_no"],
                name="wallet_statementrow_linked",
                condition=~Q(linked_receipt_no=""),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_no}, {self.receipt_no}"


class Finding(models.Model):
    """Something on which M-Pesa and our books do not agree, and what was done about it."""

    KINDS = (
        ("missing", "Missing: M-Pesa has it, we do not"),
        ("extra", "Extra: we have it, M-Pesa does not"),
        ("different", "Different"),
        ("reversed", "Reversed: M-Pesa took it back"),
    )

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    # The statement that showed it first; later ones that show the same add nothing.
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="findings")
    row = models.ForeignKey(StatementRow, null=True, on_delete=models.PROTECT, related_name="+")
    receipt_no = models.CharField("receipt", max_length=32)
    kind = models.CharField(max_length=12, choices=KINDS)
    # Which fact differs: amount, time, account, ledger, paybill, row, reversal or unseen.
    field = models.CharField("what", max_length=12, blank=True)
    said = models.CharField("M-Pesa says", max_length=80, blank=True)
    known = models.CharField("we have", max_length=80, blank=True)
    occurred_at = models.DateTimeField(null=True)
    # How much money is in question, and what the books' money at M-Pesa needs to agree.
    stake_minor = models.BigIntegerField()
    effect_minor = models.BigIntegerField()
    status = models.CharField(
        max_length=12,
        choices=[(state, state) for state in FINDING.states],
        default=FINDING.initial,
    )
    reason = models.CharField(max_length=200, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    asked_by = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    posting = models.ForeignKey(Posting, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            FINDING.constraint("wallet_finding_status_known"),
            models.UniqueConstraint(
                fields=["receipt_no", "kind", "field", "said", "known"],
                name="wallet_finding_once",
            ),
            models.CheckConstraint(
                condition=Q(stake_minor__gte=0), name="wallet_finding_stake_not_negative"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["found_at"],
                name="wallet_finding_open",
                condition=Q(status__in=("open", "asked")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_no} {self.kind}"
