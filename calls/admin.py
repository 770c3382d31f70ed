"""Calls for operators: read-only records; what they may change is in `admin_limits`."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from calls.admin_limits import CallPolicyAdmin, DoNotCallAdmin, RateAdmin
from calls.admin_storage import StoragePlanAdmin
from calls.models import Call, CallEvent, Leg

__all__ = ["CallAdmin", "CallPolicyAdmin", "DoNotCallAdmin", "RateAdmin", "StoragePlanAdmin"]


class ReadOnly:
    """Rows that only the verbs of calls may write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class LegInline(ReadOnly, TabularInline):
    model = Leg
    fk_name = "call"
    extra = 0
    fields: ClassVar = ["to_e164", "state", "answered_at", "ended_at", "sip_code", "connected_ms"]


class EventInline(ReadOnly, TabularInline):
    model = CallEvent
    extra = 0
    fields: ClassVar = ["number", "kind", "payload", "occurred_at"]


@admin.register(Call)
class CallAdmin(ReadOnly, ModelAdmin):
    list_display: ClassVar = [
        "session_id",
        "workspace",
        "mode",
        "direction",
        "local_e164",
        "remote_e164",
        "status",
        "duration_seconds",
        "cost_minor",
        "created_at",
    ]
    list_filter: ClassVar = ["status", "direction", "mode"]
    search_fields: ClassVar = ["session_id", "remote_e164", "local_e164"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-created_at"]
    inlines: ClassVar = [LegInline, EventInline]
