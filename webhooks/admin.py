"""Webhooks for operators: endpoints and what was delivered, read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from webhooks.models import Attempt, Delivery, Endpoint


class ReadOnly(ModelAdmin):
    """Operators look; the services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    # Django passes the object when there is one.
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Attempts(TabularInline):
    """The attempts under a delivery."""

    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = ("number", "response_status", "error", "duration_ms", "created_at")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnly):
    list_display = ("url", "workspace", "mode", "status", "created_at")
    list_filter = ("mode", "status")
    search_fields = ("url", "workspace__name")
    exclude = ("secret", "previous_secret")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("event", "url", "status", "attempts_count", "last_error", "created_at")
    list_filter = ("status", "mode")
    search_fields = ("url", "event__event_id", "event__call_id")
    inlines = (Attempts,)
