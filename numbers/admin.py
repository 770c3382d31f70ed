"""The operators' view of the pool and of who holds what."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from kernel import audit
from numbers.models import Inventory, Number, Rental


class ReadOnly:
    """Nothing here is edited by hand: the services are the only writers."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Inventory)
class InventoryAdmin(ModelAdmin):
    list_display = ("e164", "state", "mode", "monthly_price_minor", "outbound_per_min_minor")
    list_filter = ("state", "mode", "country")
    search_fields = ("e164",)
    readonly_fields = ("state", "created_at")

    # The arguments are the admin's.
    def save_model(self, request: HttpRequest, obj: Inventory, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        names = getattr(form, "changed_data", [])
        audit.record(
            f"inventory.{'updated' if change else 'created'}",
            actor=f"operator:{request.user.pk}",
            subject=f"inventory:{obj.id}",
            after={name: str(getattr(obj, name)) for name in names},
        )

    def has_delete_permission(self, request: HttpRequest, obj: Inventory | None = None) -> bool:
        return obj is not None and not obj.numbers.exists()


class RentalInline(ReadOnly, TabularInline):
    model = Rental
    extra = 0


@admin.register(Number)
class NumberAdmin(ReadOnly, ModelAdmin):
    list_display = ("e164", "workspace", "mode", "status", "claimed_at", "released_at")
    list_filter = ("status", "mode")
    search_fields = ("e164", "workspace__name")
    exclude = ("voice_signing_secret",)
    inlines = (RentalInline,)
