"""Webhooks for operators: endpoints and what was delivered, read only but for one more try."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.list_filters import MODE
from kernel.operators import ReadOnlyAdmin, ReadOnlyInline, operator, reasoned
from webhooks import services
from webhooks.models import Attempt, Delivery, Endpoint


class Attempts(ReadOnlyInline):
    """The attempts under a delivery."""

    model = Attempt
    fields = ("number", "response_status", "error", "duration_ms", "created_at")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    list_display = ("url", "workspace", "mode", "status", "failing_since", "created_at")
    list_filter = ("mode", "status")
    search_fields = ("url", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    exclude = ("secret", "previous_secret")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "url", "status", "attempts_count", "last_error", "created_at")
    list_filter = ("status", MODE)
    search_fields = ("=event__event_id", "=event__call_id")
    list_select_related = ("event",)
    ordering = ("-id",)
    raw_id_fields = ("event", "endpoint", "workspace")
    inlines = (Attempts,)
    actions = ("try_again",)

    @reasoned(
        description=_("Try again now"),
        permissions=["retry"],
        consequence=_("Each is sent again as it was, with its own event id, whatever came before."),
    )
    def try_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        """Send what was given up once more."""
        moved = [row for row in rows if services.retry_delivery(row)]
        for row in moved:
            audit.record(
                "webhook.delivery_retried",
                actor=operator(request),
                subject=f"delivery:{row.id}",
                workspace_id=row.workspace_id,
            )
        messages.info(request, _("%(n)d are on their way again.") % {"n": len(moved)})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Sending to a customer again is for those who may change deliveries."""
        return bool(request.user.has_perm("webhooks.change_delivery"))
