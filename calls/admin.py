"""Calls for operators: records, live calls with hang-up; limits and prices in `admin_limits`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from calls import services
from calls.admin_limits import CallPolicyAdmin, DoNotCallAdmin, RateAdmin
from calls.admin_storage import StoragePlanAdmin
from calls.admin_uploads import UploadAdmin
from calls.models import Call, CallEvent, Leg
from calls.queries import IS_LIVE
from kernel import audit
from kernel.operators import ReadOnlyAdmin, ReadOnlyInline, operator, reasoned
from numbers.models import Number

__all__ = [
    "CallAdmin",
    "CallPolicyAdmin",
    "DoNotCallAdmin",
    "RateAdmin",
    "StoragePlanAdmin",
    "UploadAdmin",
]


class LegInline(ReadOnlyInline):
    model = Leg
    fk_name = "call"
    fields: ClassVar = ["to_e164", "state", "answered_at", "ended_at", "sip_code", "connected_ms"]


class EventInline(ReadOnlyInline):
    model = CallEvent
    fields: ClassVar = ["number", "kind", "payload", "occurred_at"]


class LiveFilter(admin.SimpleListFilter):
    """The calls that ring or talk now, found by their own index."""

    title = _("live now")
    parameter_name = "live"

    # The second argument is the admin.
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Ringing or talking"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        return queryset.filter(IS_LIVE) if self.value() == "1" else queryset


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
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
    list_filter: ClassVar = [LiveFilter, "status", "direction", "mode"]
    search_fields: ClassVar = ["session_id__exact"]
    search_help_text = _("A session id, or a number of either side.")
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-id"]
    inlines: ClassVar = [LegInline, EventInline]
    actions = ("hang_up",)

    # The flag says whether rows may come twice.
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Find by what an index knows: the session, the far end, or the number of ours."""
        term = search_term.strip()
        if not term:
            return queryset, False
        digits = term.removeprefix("+")
        if not digits.isdecimal():
            return queryset.filter(session_id=f"HD_{term[3:].lower()}"), False
        ours = list(Number.objects.filter(e164=f"+{digits}").values_list("pk", flat=True))
        return queryset.filter(Q(remote_e164=f"+{digits}") | Q(number__in=ours)), False

    @reasoned(
        description=_("Hang up"),
        permissions=["hang_up"],
        consequence=_("Both sides hear the call end; what was talked until then is charged."),
    )
    def hang_up(self, request: HttpRequest, rows: QuerySet[Call]) -> None:
        """End running calls; those that ended meanwhile stay as they are."""
        ending = 0
        for call in rows:
            if call.is_final:
                continue
            services.hang_up(call)
            ending += 1
            audit.record(
                "calls.hung_up",
                actor=operator(request),
                subject=f"call:{call.id}",
                workspace_id=call.workspace_id,
                before={"status": call.status},
            )
        messages.success(request, _("%(n)d calls are ending.") % {"n": ending})

    def has_hang_up_permission(self, request: HttpRequest) -> bool:
        """Ending a customer's call is for those who may change calls."""
        return bool(request.user.has_perm("calls.change_call"))
