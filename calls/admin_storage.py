"""Storage tiers for operators: what was chosen and what was paid, read-only."""

from __future__ import annotations

from django.contrib import admin

from calls.models import StorageCharge, StoragePlan
from kernel.operators import ReadOnlyAdmin, ReadOnlyInline


class ChargeInline(ReadOnlyInline):
    model = StorageCharge
    fields = (
        "month", "from_gb", "tier_gb", "first_on", "last_on", "days_in_month",
        "monthly_price_minor", "net_minor", "vat_minor", "posting_id",
    )  # fmt: skip


@admin.register(StoragePlan)
class StoragePlanAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "mode", "tier_gb", "changed_at", "unpaid_since", "over_since")
    list_filter = ("tier_gb", "mode")
    search_fields = ("workspace__name",)
    list_select_related = ("workspace",)
    inlines = (ChargeInline,)
