"""Engines, orders and voice callbacks for operators: read-only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from telephony.models import Command, Engine, Fetch


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only the gateway and the runner may write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Engine)
class EngineAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "id",
        "host",
        "pid",
        "sip_port",
        "applied_seq",
        "lease_until",
        "closed_at",
    ]
    ordering: ClassVar = ["-created_at"]


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["id", "kind", "leg_id", "engine", "created_at", "sent_at"]
    search_fields: ClassVar = ["leg_id"]
    ordering: ClassVar = ["-id"]


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["call", "purpose", "url", "state", "status_code", "milliseconds"]
    list_filter: ClassVar = ["state", "purpose"]
    search_fields: ClassVar = ["call__session_id", "url"]
    list_select_related: ClassVar = ["call"]
    ordering: ClassVar = ["-created_at"]
