"""The storage of a workspace: the tier it chose, and each month's debits for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from calls.storage import FREE_GB, TIERS
from kernel import clock
from kernel.ids import uuid7

TIER_KNOWN = Q(tier_gb__in=TIERS)


class StoragePlan(models.Model):
    """The tier of a workspace and mode; without a row it is the free one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    tier_gb = models.PositiveIntegerField(default=FREE_GB)
    changed_at = models.DateTimeField(default=clock.now)
    # Since when the wallet cannot pay the month, and since when more is kept than the tier holds.
    unpaid_since = models.DateTimeField(null=True)
    over_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "mode"], name="calls_storage_plan_once"),
            models.CheckConstraint(condition=TIER_KNOWN, name="calls_storage_tier_known"),
        ]

    def __str__(self) -> str:
        return f"{self.tier_gb} GB ({self.mode})"


class StorageCharge(models.Model):
    """One debit of one month: the days it covers, from which tier to which, and what they cost."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(StoragePlan, on_delete=models.PROTECT, related_name="charges")
    # None where a tier costs nothing.
    posting_id = models.UUIDField(null=True, unique=True)
    month = models.CharField(max_length=7)
    from_gb = models.PositiveIntegerField()
    tier_gb = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    days_in_month = models.PositiveSmallIntegerField()
    monthly_price_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "month", "tier_gb"], name="calls_storage_charge_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_gb} GB {self.month}"

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1
