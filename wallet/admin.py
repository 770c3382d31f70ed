"""The operators' view of money: everything can be seen, nothing can be edited."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from wallet.models import Entry, Hold, MpesaAccess, MpesaEvent, MpesaReceipt, Posting, TopUp, Wallet


class ReadOnly:
    """No adding, changing or deleting: money moves through services only."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    show_full_result_count = False


class EntryInline(ReadOnly, TabularInline):
    model = Entry
    extra = 0


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = (
        "workspace", "mode", "currency", "balance_minor", "held_minor", "receivable_minor",
    )  # fmt: skip
    list_filter = ("mode", "currency")
    search_fields = ("workspace__name", "workspace__mpesa_account_ref")
    list_select_related = ("workspace",)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "mode", "kind", "source_ref", "gross_minor")
    list_filter = ("kind", "mode")
    search_fields = ("source_ref", "description", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
    inlines = (EntryInline,)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "wallet", "key", "amount_minor", "status", "expires_at")
    list_filter = ("status",)
    search_fields = ("key",)
    ordering = ("-created_at",)


@admin.register(TopUp)
class TopUpAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at", "workspace", "mode", "status", "amount_minor", "provider_reference",
        "failure_reason",
    )  # fmt: skip
    list_filter = ("status", "mode", "channel", "failure_reason")
    search_fields = ("provider_reference", "phone_e164", "account_ref", "checkout_request_id")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
    exclude = ("callback_token_sha256",)


@admin.register(MpesaReceipt)
class MpesaReceiptAdmin(ReadOnlyAdmin):
    list_display = ("receipt_no", "amount_minor", "status", "paid_at", "workspace", "first_source")
    list_filter = ("status", "first_source")
    search_fields = ("receipt_no", "bill_ref_raw", "msisdn_tail")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)


@admin.register(MpesaEvent)
class MpesaEventAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "kind", "source_ip", "outcome", "processed_at")
    search_fields = ("outcome",)
    ordering = ("-id",)
    exclude = ("token_sha256", "raw")


@admin.register(MpesaAccess)
class MpesaAccessAdmin(ReadOnlyAdmin):
    list_display = ("app", "token_expires_at", "alarm_until", "alarm_reason")
    exclude = ("token",)
