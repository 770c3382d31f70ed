"""Storage tiers for operators: what was chosen and what was paid, read-only."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from calls.models import StorageCharge, StoragePlan


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ChargeInline(_ReadOnly, TabularInline):
    model = StorageCharge
    extra = 0


@admin.register(StoragePlan)
class StoragePlanAdmin(_ReadOnly, ModelAdmin):
    list_display = ("workspace", "mode", "tier_gb", "changed_at", "unpaid_since", "over_since")
    list_filter = ("tier_gb", "mode")
    search_fields = ("workspace__name",)
    list_select_related = ("workspace",)
    inlines = (ChargeInline,)
