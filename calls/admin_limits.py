"""Limits for operators: policies and the kill switch, prices as versions, the list for everybody."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from accounts.models import Workspace
from calls import services
from calls.models import CallPolicy, DoNotCall, Rate
from kernel import audit
from kernel.errors import Problem


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The next version of a price."""

    class Meta:
        model = Rate
        fields: ClassVar = [
            "workspace", "direction", "prefix", "minor_per_minute", "currency", "valid_from",
            "valid_until",
        ]  # fmt: skip

    # The values are those of the form; the verb's refusal is shown beside them.
    def clean(self) -> dict[str, Any]:
        """Publish the version, so that what is refused is said on the form."""
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        workspace = facts.pop("workspace")
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
class RateAdmin(ModelAdmin):
    """Every version; a new one is added, none is edited."""

    list_display: ClassVar = [
        "prefix", "direction", "version", "minor_per_minute", "currency", "workspace",
        "valid_from", "valid_until",
    ]  # fmt: skip
    list_filter: ClassVar = ["direction", "currency"]
    search_fields: ClassVar = ["prefix", "workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["direction", "prefix", "-version"]
    form = RateForm

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The signature is Django's.
    def get_form(self, request: HttpRequest, obj: Rate | None = None, **kwargs: Any) -> Any:
        """Tell the form who publishes."""
        form = super().get_form(request, obj, **kwargs)
        form.actor = _operator(request)
        return form

    # The form has published it; the row that the admin knows becomes that one.
    def save_model(self, request: HttpRequest, obj: Rate, form: Any, change: bool) -> None:
        obj.pk = form.published.pk


class SwitchForm(forms.Form):
    """Whose calls are stopped or let go on, and why."""

    workspace = forms.ModelChoiceField(
        Workspace.objects.order_by("name"), label=_("Workspace"), empty_label=None
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stays in the audit log.")
    )
    what = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("stop", _("Stop: end every call and refuse new ones")),
            ("resume", _("Resume: let it call again")),
        ],
        widget=forms.RadioSelect,
        initial="stop",
    )


@admin.register(CallPolicy)
class CallPolicyAdmin(ModelAdmin):
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

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The form is the one the admin built for the model.
    def save_model(self, request: HttpRequest, obj: CallPolicy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        after = {name: str(form.cleaned_data.get(name)) for name in form.changed_data}
        audit.record(
            "calls.policy_set",
            actor=_operator(request),
            subject=obj.workspace_id,
            workspace_id=obj.workspace_id,
            after=after,
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
        if not self.has_change_permission(request):
            return HttpResponse(status=403)
        form = SwitchForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._switch(request, **form.cleaned_data)
            return redirect("admin:calls_callpolicy_changelist")
        context = {**self.admin_site.each_context(request), "form": form, "title": _("Kill switch")}
        return TemplateResponse(request, "calls/admin_switch.html", context)

    def _switch(
        self, request: HttpRequest, *, workspace: Workspace, reason: str, what: str
    ) -> None:
        actor = _operator(request)
        if what == "stop":
            count = services.stop_calls(workspace_id=workspace.id, reason=reason, actor=actor)
            said = _("%(name)s is stopped; %(count)d calls are ending.")
            messages.warning(request, said % {"name": workspace.name, "count": count})
        else:
            services.resume_calls(workspace_id=workspace.id, reason=reason, actor=actor)
            messages.success(request, _("%(name)s may call again.") % {"name": workspace.name})


@admin.register(DoNotCall)
class DoNotCallAdmin(ModelAdmin):
    """Every list; a row without a workspace holds for everybody."""

    list_display: ClassVar = ["e164", "workspace", "mode", "reason", "created_at"]
    search_fields: ClassVar = ["e164", "workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-created_at"]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def _operator(request: HttpRequest) -> str:
    """Name the operator for the audit trail."""
    return f"operator:{request.user.pk}"
