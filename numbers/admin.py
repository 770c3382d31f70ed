"""The operators' view of the pool and of who holds what."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts import queries as accounts
from accounts.models import Workspace
from kernel.errors import Problem
from kernel.operators import (
    OperatorAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    operator,
    reasoned,
)
from numbers import services
from numbers.admin_imports import InventoryImportAdmin
from numbers.models import MODES, Inventory, Number, Rental

__all__ = ["InventoryAdmin", "InventoryImportAdmin", "NumberAdmin"]


class HolderForm(ReasonForm):
    """Which workspace gets a number, and why."""

    workspace = forms.CharField(
        label=_("Workspace: slug, id or account number"), widget=UnfoldAdminTextInputWidget
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=MODES, widget=UnfoldAdminSelectWidget)
    field_order = ("workspace", "mode", "reason")

    def clean_workspace(self) -> Workspace:
        """Find the one workspace that is meant."""
        found = accounts.workspace_named(self.cleaned_data["workspace"])
        if found is None:
            raise forms.ValidationError(_("There is no such workspace."))
        return found


@admin.register(Inventory)
class InventoryAdmin(OperatorAdmin):
    audit_noun = "inventory"
    list_display = (
        "e164", "state", "mode", "monthly_price_minor", "outbound_per_min_minor", "give",
    )  # fmt: skip
    list_filter = ("state", "mode", "country")
    search_fields = ("e164",)
    readonly_fields = ("state", "created_at")
    ordering = ("e164",)
    actions = ("reserve", "offer", "quarantine", "remove")

    def audit_subject(self, obj: Inventory) -> str:
        return f"number:{obj.e164}"

    @admin.display(description="")
    def give(self, row: Inventory) -> str:
        """Lead to the question who gets a number that is free."""
        if row.state not in ("available", "released", "reserved"):
            return ""
        url = reverse("admin:numbers_inventory_give", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Give to…"))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.give_page)
        own = path("<uuid:pk>/give", page, name="numbers_inventory_give")
        return [own, *super().get_urls()]

    def give_page(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Ask for the workspace, then let it have the number and pay for it."""
        row = get_object_or_404(Inventory, pk=pk)

        def act(facts: dict[str, Any]) -> str:
            where = facts["workspace"]
            services.assign_number(
                row, workspace_id=where.id, mode=facts["mode"], actor=operator(request)
            )
            return _("%(number)s belongs to %(name)s now.") % {"number": row, "name": where}

        return self.page_of(
            request, HolderForm, act, title=_("Give %(number)s to…") % {"number": row},
            consequence=_("The workspace pays the rest of the month at once, as for a claim."),
        )  # fmt: skip

    @reasoned(
        description=_("Reserve"),
        consequence=_("Nobody can claim them until they are offered again."),
    )
    def reserve(self, request: HttpRequest, rows: QuerySet[Inventory]) -> None:
        moved = [services.reserve_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d reserved.") % _counts(moved))

    @reasoned(description=_("Offer again"))
    def offer(self, request: HttpRequest, rows: QuerySet[Inventory]) -> None:
        moved = [services.offer_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d offered.") % _counts(moved))

    @reasoned(
        description=_("Quarantine"),
        consequence=_("Nobody can claim them. A number that somebody holds is left alone."),
    )
    def quarantine(self, request: HttpRequest, rows: QuerySet[Inventory]) -> None:
        moved = [services.quarantine_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d quarantined.") % _counts(moved))

    @reasoned(
        description=_("Take out of the pool"),
        permissions=["remove"],
        consequence=_("Only numbers that nobody ever held can go."),
    )
    def remove(self, request: HttpRequest, rows: QuerySet[Inventory]) -> None:
        """Delete what was loaded by mistake."""
        gone = [services.remove_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d removed.") % _counts(gone))

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("numbers.delete_inventory"))


class RentalInline(ReadOnlyInline):
    model = Rental
    fields = (
        "month", "first_on", "last_on", "days_in_month", "monthly_price_minor", "net_minor",
        "vat_minor", "refund_net_minor", "refund_vat_minor",
    )  # fmt: skip


@admin.register(Number)
class NumberAdmin(ReadOnlyAdmin):
    list_display = ("e164", "workspace", "mode", "status", "claimed_at", "released_at")
    list_filter = ("status", "mode")
    search_fields = ("e164", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    exclude = ("voice_signing_secret",)
    inlines = (RentalInline,)
    actions = ("suspend", "resume", "release")
    actions_detail: ClassVar = ["reassign"]

    @reasoned(
        description=_("Suspend"),
        permissions=["move"],
        consequence=_(
            "No call reaches or leaves the number until an operator resumes it; calls that run go on."
            " Its rent goes on too."
        ),
    )
    def suspend(self, request: HttpRequest, rows: QuerySet[Number]) -> None:
        moved = [services.bar_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d suspended.") % _counts(moved))

    @reasoned(description=_("Resume"), permissions=["move"])
    def resume(self, request: HttpRequest, rows: QuerySet[Number]) -> None:
        moved = [services.unbar_number(row, actor=operator(request)) for row in rows]
        messages.info(request, _("%(n)d of %(all)d resumed.") % _counts(moved))

    @reasoned(
        description=_("Release"),
        permissions=["move"],
        consequence=_("The holder loses the number at once; the unused days are given back."),
    )
    def release(self, request: HttpRequest, rows: QuerySet[Number]) -> None:
        for row in rows:
            try:
                services.release_number(row, actor=operator(request))
            except Problem as problem:
                messages.error(request, str(problem))
            else:
                messages.success(request, _("%(number)s is released.") % {"number": row})

    def has_move_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Taking a number from its holder is for those who may change numbers."""
        return bool(request.user.has_perm("numbers.change_number"))

    @action(  # type: ignore[untyped-decorator]  # The decorator's library has no types for it.
        description=_("Give to another workspace"), url_path="to-another", permissions=["move"]
    )
    def reassign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:numbers_number_move", args=[object_id]))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reassign_page)
        own = path("<uuid:pk>/reassign", page, name="numbers_number_move")
        return [own, *super().get_urls()]

    def reassign_page(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Ask for the workspace, then move the number."""
        number = get_object_or_404(Number, pk=pk)

        def act(facts: dict[str, Any]) -> str:
            where = facts["workspace"]
            services.reassign_number(
                number, workspace_id=where.id, mode=facts["mode"], actor=operator(request)
            )
            return _("%(number)s belongs to %(name)s now.") % {"number": number, "name": where}

        return self.page_of(
            request, HolderForm, act,
            title=_("Give %(number)s to another workspace") % {"number": number},
            consequence=_(
                "The holder is refunded as for a release; the other workspace pays as for a claim."
                " Voice and event URLs do not go with it."
            ),
            permission="move",
        )  # fmt: skip


def _counts(moved: list[bool]) -> dict[str, int]:
    return {"n": sum(moved), "all": len(moved)}
