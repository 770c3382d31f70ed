"""Limits for operators: policies and the kill switch, prices as versions, the list for everybody."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from accounts.models import Workspace
from calls import services
from calls.models import CallPolicy, DoNotCall, Rate
from kernel import audit
from kernel.errors import Problem
from kernel.operators import OperatorAdmin, ReasonForm, operator, reasoned


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The next version of a price."""

    class Meta:
        model = Rate
        fields: ClassVar = [
            "workspace", "direction", "prefix", "minor_per_minute", "cost_minor_per_minute",
            "currency", "valid_from", "valid_until",
        ]  # fmt: skip

    # The values are those of the form; the verb's refusal is shown beside them.
    def clean(self) -> dict[str, Any]:
        """Publish the version, so that what is refused is said on the form."""
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        workspace = facts.pop("workspace")
        facts.pop("reason", None)
        try:
            self.published = services.publish_rate(
                **facts, workspace_id=workspace.id if workspace else None, actor=self.actor
            )
        except Problem as problem:
            raise forms.ValidationError(str(problem)) from None
        return facts

    actor = ""
    published: Rate | None = None


@admin.register(Rate)
class RateAdmin(OperatorAdmin):
    """Every version; a new one is added, none is edited."""

    list_display: ClassVar = [
        "prefix", "direction", "version", "minor_per_minute", "cost_minor_per_minute", "currency",
        "workspace", "valid_from", "valid_until",
    ]  # fmt: skip
    list_filter: ClassVar = ["direction", "currency"]
    search_fields: ClassVar = ["prefix", "workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["direction", "prefix", "-version"]
    form = RateForm

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The signature is Django's.
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Tell the form who publishes."""
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = operator(request)
        return form

    # The form has published it; the row that the admin knows becomes that one.
    def save_model(self, request: HttpRequest, obj: Rate, form: Any, change: bool) -> None:
        obj.pk = form.published.pk


class SwitchForm(ReasonForm):
    """Whose calls are stopped or let go on, and why."""

    workspace = forms.ModelChoiceField(
        Workspace.objects.order_by("name"),
        label=_("Workspace"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    what = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("stop", _("Stop: end every call and refuse new ones")),
            ("resume", _("Resume: let it call again")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
        initial="stop",
    )
    field_order = ("workspace", "what", "reason")


@admin.register(CallPolicy)
class CallPolicyAdmin(OperatorAdmin):
    """What an operator allows one workspace, with the kill switch above the list."""

    list_display: ClassVar = [
        "workspace", "is_stopped", "stop_reason", "calls_per_second", "concurrent_calls_max",
        "extra_prefixes",
    ]  # fmt: skip
    list_filter: ClassVar = ["is_stopped"]
    search_fields: ClassVar = ["workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    readonly_fields: ClassVar = ["is_stopped", "stop_reason"]
    actions_list: ClassVar = ["kill_switch"]

    # The form is the one the admin built for the model.
    def save_model(self, request: HttpRequest, obj: CallPolicy, form: Any, change: bool) -> None:
        before = CallPolicy.objects.filter(pk=obj.pk).values(*_columns(form)).first()
        super().save_model(request, obj, form, change)
        audit.record(
            "calls.policy_set",
            actor=operator(request),
            subject=obj.workspace_id,
            workspace_id=obj.workspace_id,
            before={name: str(value) for name, value in (before or {}).items()},
            after={name: str(form.cleaned_data.get(name)) for name in _columns(form)},
        )

    def get_urls(self) -> list[URLPattern]:
        """Put the page of the kill switch beside the list."""
        page = self.admin_site.admin_view(self.switch_page)
        return [path("switch", page, name="calls_kill_switch"), *super().get_urls()]

    @action(  # type: ignore[untyped-decorator]  # The decorator's library has no types for it.
        description=_("Kill switch"), url_path="kill-switch", permissions=["change"]
    )
    def kill_switch(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("admin:calls_kill_switch"))

    def switch_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for the workspace and the reason, then stop or resume."""
        return self.page_of(
            request,
            SwitchForm,
            lambda facts: _switch(request, **facts),
            title=_("Kill switch"),
            consequence=_(
                "Stopping hangs up every running call of the workspace, live and test, gives the held"
                " money back as each ends, and refuses new outgoing calls until it is resumed."
            ),
            initial={"workspace": request.GET.get("workspace", "")},
        )


@admin.register(DoNotCall)
class DoNotCallAdmin(OperatorAdmin):
    """Every list; a row without a workspace holds for everybody."""

    list_display: ClassVar = ["e164", "workspace", "mode", "reason", "created_at"]
    search_fields: ClassVar = ["=e164", "workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-id"]
    actions = ("unlist",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The form is the one the admin built for the model.
    def save_model(self, request: HttpRequest, obj: DoNotCall, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _listed("do_not_call.listed", request, obj)

    @reasoned(
        description=_("Take off the list"),
        permissions=["unlist"],
        consequence=_("These numbers may be called again."),
    )
    def unlist(self, request: HttpRequest, rows: QuerySet[DoNotCall]) -> None:
        """Let numbers be called again."""
        for row in rows:
            _listed("do_not_call.unlisted", request, row)
            row.delete()
        messages.success(request, _("They may be called again."))

    def has_unlist_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("calls.delete_donotcall"))


def _listed(kind: str, request: HttpRequest, row: DoNotCall) -> None:
    audit.record(kind, actor=operator(request), subject=row.e164, workspace_id=row.workspace_id)


# The form is the one the admin built for the model.
def _columns(form: Any) -> list[str]:
    return [name for name in form.changed_data if name != "reason"]


def _switch(request: HttpRequest, *, workspace: Workspace, what: str, reason: str) -> str | Promise:
    actor = operator(request)
    if what == "stop":
        count = services.stop_calls(workspace_id=workspace.id, reason=reason, actor=actor)
        said = _("%(name)s is stopped; %(count)d calls are ending.")
        return said % {"name": workspace.name, "count": count}
    services.resume_calls(workspace_id=workspace.id, reason=reason, actor=actor)
    return _("%(name)s may call again.") % {"name": workspace.name}
