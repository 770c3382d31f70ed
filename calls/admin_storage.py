"""Storage tiers for operators: what was chosen and what was paid, read-only."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import TabularInline

from calls.models import StorageCharge, StoragePlan
from kernel.operators import ReadOnly, ReadOnlyAdmin


class ChargeInline(ReadOnly, TabularInline):
    model = StorageCharge
    extra = 0


@admin.register(StoragePlan)
class StoragePlanAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "mode", "tier_gb", "changed_at", "unpaid_since", "over_since")
    list_filter = ("tier_gb", "mode")
    search_fields = ("workspace__name",)
    list_select_related = ("workspace",)
    inlines = (ChargeInline,)
