"""The operators' view of periodic tasks: when each ran, what it said, and running one now."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from kernel import audit, work
from kernel.models import Job


class RunForm(forms.Form):
    """Why a task runs out of its turn."""

    reason = forms.CharField(label=_("Why now?"), max_length=200)


@admin.register(Job)
class JobAdmin(ModelAdmin):
    list_display = ("name", "does", "last_run_at", "last_result", "next_run_at", "run_now")
    search_fields = ("name",)
    ordering = ("name",)
    actions: ClassVar[list[str]] = []

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

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

    def run(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask why, then queue the task once and write down who wanted it."""
        if not request.user.has_perm("kernel.change_job"):
            raise PermissionDenied
        job = get_object_or_404(Job, name=name)
        form = RunForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            work.enqueue("kernel.run_job", job.name)
            audit.record(
                "kernel.job_run",
                actor=f"operator:{request.user.pk}",
                subject=job.name,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("%(job)s runs now.") % {"job": job.name})
            return redirect("admin:kernel_job_changelist")
        context = {**self.admin_site.each_context(request), "job": job, "form": form}
        context |= {"title": _("Run %(job)s now") % {"job": job.name}, "does": self.does(job)}
        return render(request, "admin/run_job.html", context)
