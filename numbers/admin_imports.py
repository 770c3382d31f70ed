"""Files of numbers for operators: rehearse, watch, read what is wrong line by line, then store."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from kernel.operators import ReadOnlyAdmin, ReasonForm, operator
from numbers import services
from numbers.models import InventoryImport


class ImportForm(ReasonForm):
    """The file, and whether it is only checked."""

    file = forms.FileField(
        label=_("Numbers (CSV)"),
        help_text=_("The first line names the columns: e164, and if they differ mode, country, "
                    "monthly_price_minor, inbound_per_min_minor, outbound_per_min_minor. These three "
                    "are in cents, without a point: 300 is KES 3.00."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt"}),
    )  # fmt: skip
    is_rehearsal = forms.BooleanField(
        label=_("Rehearse only: check every line and store nothing"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )
    field_order = ("file", "is_rehearsal", "reason")


@admin.register(InventoryImport)
class InventoryImportAdmin(ReadOnlyAdmin):
    list_display = (
        "name", "is_rehearsal", "status", "lines_total", "added", "known", "wrong", "asked_at",
    )  # fmt: skip
    ordering = ("-id",)
    actions_list: ClassVar = ["bring"]

    def has_bring_permission(self, request: HttpRequest) -> bool:
        """Filling the pool is for those who may add numbers."""
        return bool(request.user.has_perm("numbers.add_inventory"))

    @action(  # type: ignore[untyped-decorator]  # The decorator's library has no types for it.
        description=_("Import a file"), url_path="bring", permissions=["bring"]
    )
    def bring(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("admin:numbers_import_new"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("new", wrap(self.new_page), name="numbers_import_new"),
            path("<uuid:pk>/store", wrap(self.store_page), name="numbers_import_store"),
            *super().get_urls(),
        ]

    def new_page(self, request: HttpRequest) -> HttpResponse:
        """Take a file; a worker goes through it."""

        def act(facts: dict[str, Any]) -> Promise:
            services.ask_import(
                name=facts["file"].name,
                raw=facts["file"].read(),
                is_rehearsal=facts["is_rehearsal"],
                reason=facts["reason"],
                actor=operator(request),
            )
            return _("The file is being read. Open it to see how far it is.")

        return self.page_of(
            request, ImportForm, act, title=_("Import numbers"), permission="bring",
            consequence=_("Numbers that are in the pool stay as they are; a wrong line stops no other."),
        )  # fmt: skip

    def store_page(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Store what was rehearsed."""
        rehearsed = get_object_or_404(InventoryImport, pk=pk, is_rehearsal=True, status="done")

        def act(facts: dict[str, Any]) -> Promise:
            services.ask_import(
                name=rehearsed.name,
                raw=bytes(rehearsed.raw),
                is_rehearsal=False,
                reason=facts["reason"],
                actor=operator(request),
            )
            return _("The numbers are being stored.")

        return self.page_of(
            request, ReasonForm, act, title=_("Store these numbers"), permission="bring",
            consequence=_("%(n)d numbers are new; %(wrong)d lines are wrong and left out.")
            % {"n": rehearsed.added, "wrong": rehearsed.wrong},
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show how far a file is and which of its lines are wrong."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(InventoryImport.objects.defer("raw"), pk=object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.name,
            "row": row,
            "is_moving": row.status in ("waiting", "running"),
            "permille": 1000 * row.lines_done // max(row.lines_total, 1),
            "may_store": self.has_bring_permission(request) and row.is_rehearsal and row.added > 0,
        }
        return TemplateResponse(request, "admin/numbers/import.html", context)
