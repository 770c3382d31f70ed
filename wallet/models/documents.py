"""Who is billed, and the papers: monthly statements with their VAT, and receipts of payments."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel import clock, ids
from wallet.models.ledger import Posting


class BillingProfile(models.Model):
    """Whose name stands on the papers of a workspace, and where they are sent."""

    workspace = models.OneToOneField(
        "accounts.Workspace", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    legal_name = models.CharField(max_length=120, blank=True)
    kra_pin = models.CharField(max_length=11, blank=True)
    address = models.CharField(max_length=300, blank=True)
    # Empty: the owners get the mails.
    email = models.EmailField(max_length=254, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kra_pin="") | Q(kra_pin__regex=r"^[AP][0-9]{9}[A-Z]$"),
                name="wallet_profile_pin_form",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name or str(self.workspace_id)


class DocumentSeries(models.Model):
    """The last number given in a series; raised in the transaction that uses it, so without gaps."""

    name = models.CharField(primary_key=True, max_length=16)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "document series"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class Document(models.Model):
    """One numbered paper about live money; its body is frozen, eTIMS fills in its own fields once.

    A statement covers the wallet's entries after `after_entry_id` up to `last_entry_id`, so the
    statements of a workspace join without a gap whatever a clock did.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statement and tax invoice")
        RECEIPT = "receipt", _("Payment receipt")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    series = models.CharField(max_length=16)
    serial = models.PositiveIntegerField()
    month = models.CharField(max_length=7, blank=True)
    posting = models.OneToOneField(
        Posting, null=True, on_delete=models.PROTECT, related_name="document"
    )
    after_entry_id = models.BigIntegerField(default=0)
    last_entry_id = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=clock.now)
    # What the authority's system answered; empty until it did.
    control_unit_number = models.CharField(max_length=40, blank=True)
    control_unit_invoice_number = models.CharField(max_length=40, blank=True)
    etims_url = models.URLField(max_length=300, blank=True)
    etims_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "serial"], name="wallet_document_number"),
            models.UniqueConstraint(
                fields=["workspace", "month"],
                name="wallet_document_month_once",
                condition=Q(kind="statement"),
            ),
            models.CheckConstraint(
                condition=Q(kind="statement", posting__isnull=True, last_entry_id__gt=0)
                & ~Q(month="")
                | Q(kind="receipt", posting__isnull=False, month="", last_entry_id=0),
                name="wallet_document_names_its_matter",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace", "kind", "issued_at"], name="wallet_document_list"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def first_on(self) -> date:
        """The first day of a statement's month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def number(self) -> str:
        return f"{self.series}-{self.serial:06d}"
