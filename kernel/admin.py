"""The operators' view of the machinery: periodic tasks, waiting work, flags, the sealed audit log."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from kernel import audit, flags, work
from kernel.models import AuditEntry, FlagOverride, Job, Work
from kernel.operators import ReadOnlyAdmin, ReasonForm, operator


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("name", "does", "last_run_at", "last_result", "next_run_at", "run_now")
    search_fields = ("name",)
    ordering = ("name",)

    @admin.display(description=_("Does"))
    def does(self, job: Job) -> str:
        """Say what a task is for, in the words of its handler."""
        declared = work.jobs().get(job.name)
        told = (declared.handler.__doc__ or "") if declared else ""
        return told.strip().split("\n")[0] or "—"

    @admin.display(description="")
    def run_now(self, job: Job) -> str:
        """Lead to the question why."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:kernel_job_run", args=[job.name]), _("Run now…")
        )

    def get_urls(self) -> list[URLPattern]:
        own = path("<str:name>/run", self.admin_site.admin_view(self.run), name="kernel_job_run")
        return [own, *super().get_urls()]

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Running a task out of its turn is for those who may change tasks."""
        return bool(request.user.has_perm("kernel.change_job"))

    def run(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask why, then queue the task once and write down who wanted it."""
        job = get_object_or_404(Job, name=name)

        def act(_facts: object) -> str:
            work.enqueue("kernel.run_job", job.name)
            audit.record("kernel.job_run", actor=operator(request), subject=job.name)
            return _("%(job)s runs now.") % {"job": job.name}

        return self.page_of(
            request, ReasonForm, act, title=_("Run %(job)s now") % {"job": job.name},
            consequence=self.does(job), permission="run",
        )  # fmt: skip


@admin.register(Work)
class WorkAdmin(ReadOnlyAdmin):
    """What waits to be done, the oldest first."""

    list_display = ("name", "ref", "queue", "due_at", "attempts", "lease_until", "last_error")
    list_filter = ("queue",)
    search_fields = ("name", "=ref")
    ordering = ("due_at",)
    exclude = ("lease_token",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what, in every workspace; rows of operators are sealed."""

    list_display = ("created_at", "action_kind", "actor", "subject", "reason", "sealed")
    search_fields = ("=subject", "=actor", "=request_id", "=action_kind", "=workspace_id")
    list_select_related = ("seal",)
    ordering = ("-id",)

    @admin.display(description=_("Sealed as"))
    def sealed(self, entry: AuditEntry) -> str:
        return str(entry.seal.number) if hasattr(entry, "seal") else "—"


class FlagForm(ReasonForm):
    """Which feature is switched for which workspace."""

    flag = forms.ChoiceField(label=_("Feature"), widget=UnfoldAdminSelectWidget)
    workspace_id = forms.UUIDField(
        label=_("Id of the workspace"), widget=UnfoldAdminTextInputWidget
    )
    setting = forms.ChoiceField(
        label=_("Setting"),
        choices=[("on", _("On")), ("off", _("Off")), ("default", _("As its default says"))],
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("flag", "workspace_id", "setting", "reason")

    # The arguments are those of every form.
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        words = {True: _("on"), False: _("off")}
        self.fields["flag"].choices = [  # type: ignore[attr-defined]
            (each.name, f"{each.name} ({words[each.is_on]}): {each.doc}")
            for each in flags.flags().values()
        ]


@admin.register(FlagOverride)
class FlagOverrideAdmin(ReadOnlyAdmin):
    """Features that differ from their default in one workspace."""

    list_display = ("flag", "workspace_id", "is_on", "created_at")
    list_filter = ("flag", "is_on")
    search_fields = ("=workspace_id",)
    ordering = ("-id",)
    actions_list: ClassVar = ["switch"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.switch_page)
        return [path("set", page, name="kernel_flag_switch"), *super().get_urls()]

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("kernel.change_flagoverride"))

    @action(  # type: ignore[untyped-decorator]  # The decorator's library has no types for it.
        description=_("Switch a feature"), url_path="switch", permissions=["switch"]
    )
    def switch(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("admin:kernel_flag_switch"))

    def switch_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for the feature, the workspace and the reason, then switch."""

        def act(facts: dict[str, object]) -> str:
            flags.override(
                str(facts["flag"]),
                workspace_id=facts["workspace_id"],  # type: ignore[arg-type]
                is_on={"on": True, "off": False}.get(str(facts["setting"])),
                actor=operator(request),
            )
            return _("%(flag)s is switched.") % {"flag": facts["flag"]}

        initial = {"workspace_id": request.GET.get("workspace", "")}
        return self.page_of(
            request, FlagForm, act, title=_("Switch a feature"), permission="switch",
            initial=initial,
        )  # fmt: skip
