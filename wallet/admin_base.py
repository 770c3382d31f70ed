"""What the operators' pages of money share: everything can be seen, nothing can be edited."""

from __future__ import annotations

from django.http import HttpRequest
from unfold.admin import ModelAdmin


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


def operator(request: HttpRequest) -> str:
    """Name the operator for the audit trail."""
    return f"operator:{request.user.pk}"
