"""The HTML door of what people keep on the page of calls: named views and exported files."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import Page
from calls import desk
from calls.call_filter import CallFilter
from calls.services import exports, views
from kernel.doors import login_required
from kernel.errors import RateLimited
from kernel.pages import refuse

NAME_MAX: Final = 40
LINK_HEADERS: Final = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@require_POST
@login_required(scope="calls.read")
def view_save(request: Page) -> HttpResponse:
    """Keep the filters of the page under a name of the visitor's own."""
    wanted = _filter(request.POST.get("query", ""))
    name = " ".join(request.POST.get("name", "").split())[:NAME_MAX]
    if not name or not wanted.is_on:
        messages.error(request, _("Choose a filter and give the view a name."))
    elif views.save_view(membership_id=request.membership.id, name=name, query=wanted.query):
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    else:
        messages.error(request, _("You keep %(limit)d views already.") % {"limit": views.VIEWS_MAX})
    return redirect(_list(wanted.query))


@require_POST
@login_required(scope="calls.read")
def view_act(request: Page, view_id: str) -> HttpResponse:
    """Rename a view, remove it, or bring it back."""
    view = desk.access_view(request.membership.id, view_id)
    action = request.POST.get("action", "")
    if action == "remove":
        views.remove_view(view)
        return redirect(f"{reverse('calls:list')}?undo={view.id}")
    if action == "restore":
        done = views.restore_view(view)
    else:
        name = " ".join(request.POST.get("name", "").split())[:NAME_MAX]
        done = bool(name) and views.rename_view(view, name=name)
    if not done:
        messages.error(request, _("Another view of yours has this name."))
    return redirect(_list(view.query))


@require_POST
@login_required(scope="calls.read")
def export_ask(request: Page) -> HttpResponse:
    """Begin to write the calls that the page shows into a file."""
    wanted = _filter(request.POST.get("query", ""))
    try:
        row = exports.ask_export(
            workspace_id=request.workspace.id,
            mode=request.mode,
            wanted=wanted,
            actor=request.actor,
            request_id=getattr(request, "request_id", ""),
        )
    except RateLimited as problem:
        refuse(request, problem)
        return redirect(_list(wanted.query))
    return redirect("calls:export", export_id=row.id)


@never_cache
@require_safe
@login_required(scope="calls.read")
def export_detail(request: Page, export_id: UUID) -> HttpResponse:
    """Show how far a file is, and where it can be had."""
    whose: tuple[Any, str] = (request.workspace.id, request.mode)
    row = desk.access_export(*whose, export_id)
    context = {
        "export": row,
        "wanted": _filter(row.query),
        "others": [
            (each, _filter(each.query)) for each in desk.exports_of(*whose) if each.id != row.id
        ],
        "kept_hours": int(exports.KEPT.total_seconds()) // 3600,
    }
    return render(request, "calls/export.html", context)


@never_cache
@require_safe
@login_required(scope="calls.read")
def export_download(request: Page, export_id: UUID) -> HttpResponse:
    """Lead to the file by a link of a quarter of an hour; one that is not there leads back."""
    row = desk.access_export(request.workspace.id, request.mode, export_id)
    if row.state != "ready":
        return redirect("calls:export", export_id=row.id)
    return redirect(desk.export_url(row))


@require_safe
def export_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the file of a link; 404 when the link is over or the file is."""
    row = desk.export_of_link(token)
    if row is None or not row.file.exists():
        return HttpResponse(status=404, headers=LINK_HEADERS)
    name = f"calls-{row.created_at:%Y-%m-%d-%H%M}.csv"
    return FileResponse(
        row.file.open("rb"),
        as_attachment=True,
        filename=name,
        content_type="text/csv; charset=utf-8",
        headers=LINK_HEADERS,
    )


def _filter(query: str) -> CallFilter:
    return CallFilter.read(dict(parse_qsl(query)))


def _list(query: str) -> str:
    address = reverse("calls:list")
    return f"{address}?{query}" if query else address


urls = [
    path("calls/views", view_save, name="view_save"),
    path("calls/views/<str:view_id>", view_act, name="view_act"),
    path("calls/exports", export_ask, name="export_ask"),
    path("calls/exports/<uuid:export_id>", export_detail, name="export"),
    path("calls/exports/<uuid:export_id>/download", export_download, name="export_download"),
    path("exports/<str:token>.csv", export_file, name="export_file"),
]
