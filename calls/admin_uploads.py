"""Customers' sound files for operators: what is kept, read-only; nobody listens to them there."""

from __future__ import annotations

from django.contrib import admin

from calls.models import Upload
from kernel.operators import ReadOnlyAdmin


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("id", "workspace", "mode", "kind", "size_bytes", "created_at", "expires_at")
    list_filter = ("kind", "mode")
    search_fields = ("workspace__name", "=id")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
