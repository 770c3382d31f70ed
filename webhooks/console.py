"""The HTML door of webhooks: endpoints, their secrets, and what was delivered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import events, ids
from kernel.doors import login_required
from kernel.errors import BadRequest, Problem
from kernel.pagination import slice_rows
from webhooks import queries, services
from webhooks.errors import EventUnsupported, UrlInvalid
from webhooks.models import Endpoint
from webhooks.subscriptions import FAMILIES

READ_OR_MANAGE = {"GET": "webhooks.read", "HEAD": "webhooks.read", "POST": "webhooks.manage"}


def event_choices() -> list[tuple[str, Any]]:
    """List what can be subscribed to: everything, families, single events."""
    everything = [("*", gettext_lazy("* every event"))]
    families = [(name, name) for name in FAMILIES]
    return [*everything, *families, *((name, name) for name in events.catalogue())]


class EndpointForm(forms.Form):
    """Where events go and which."""

    url = forms.CharField(
        label=gettext_lazy("URL"),
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://your-app.example.com/webhook"}),
        help_text=gettext_lazy("Answer with any 2xx within 10 seconds."),
    )
    description = forms.CharField(label=gettext_lazy("Description"), required=False, max_length=200)
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=event_choices,
        initial=["*"],
        widget=forms.CheckboxSelectMultiple,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope=READ_OR_MANAGE)
def endpoint_list(request: HttpRequest) -> HttpResponse:
    """List the endpoints and make one; its secret is in this reply and nowhere else."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    form = EndpointForm(request.POST if request.method == "POST" else None)
    made = _create(request, form) if request.method == "POST" and form.is_valid() else None
    context = {
        "endpoints": queries.endpoints(workspace.id, mode).order_by("-created_at"),
        "form": EndpointForm() if made else form,
        "made": made,
        "may_manage": "webhooks.manage" in request.scopes,  # type: ignore[attr-defined]
        "api_url": settings.PUBLIC_URL,
    }
    return render(request, "webhooks/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope=READ_OR_MANAGE)
def endpoint_detail(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Show an endpoint with its deliveries, and change it."""
    endpoint = _mine(request, endpoint_id)
    initial = {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _change(request, endpoint, form):
        messages.success(request, _("The endpoint was changed."))
        return redirect("webhooks:detail", endpoint_id=endpoint.id)
    return _show_endpoint(request, endpoint, form=form)


@never_cache
@require_POST
@login_required(scope="webhooks.manage")
def endpoint_act(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Pause, resume, test, give a new secret or remove, as the pressed button says."""
    endpoint = _mine(request, endpoint_id)
    action = request.POST.get("action", "")
    actor = request.actor  # type: ignore[attr-defined]
    if action == "delete":
        services.delete_endpoint(endpoint, actor=actor)
        messages.success(request, _("The endpoint is removed. Nothing is sent to it any more."))
        return redirect("webhooks:list")
    if action == "rotate":
        secret = services.rotate_secret(endpoint, actor=actor)
        return _show_endpoint(request, endpoint, secret=secret)
    if action == "test":
        services.send_test(endpoint)
        messages.success(request, _("A webhook.test event is on its way."))
    elif action in ("pause", "resume"):
        services.change_endpoint(endpoint, is_paused=action == "pause", actor=actor)
    return redirect("webhooks:detail", endpoint_id=endpoint.id)


@require_POST
@login_required(scope="webhooks.manage")
def delivery_retry(request: HttpRequest, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Send one delivery again now."""
    delivery = queries.access_delivery(_mine(request, endpoint_id), delivery_id)
    if services.retry_delivery(delivery):
        messages.success(request, _("The event is sent again now."))
    else:
        messages.info(request, _("This delivery is on its way or was delivered already."))
    return redirect("webhooks:detail", endpoint_id=endpoint_id)


@never_cache
@require_safe
@login_required(scope="webhooks.read")
def of_call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Show what was sent to the customer's servers about one call."""
    workspace = request.workspace  # type: ignore[attr-defined]
    rows = queries.deliveries_of_call(workspace.id, UUID(call_id)) if ids.is_uuid(call_id) else []
    return render(request, "webhooks/of_call.html", {"deliveries": rows, "call_id": call_id})


def _mine(request: HttpRequest, endpoint_id: str) -> Endpoint:
    return queries.access_endpoint(request.workspace.id, request.mode, endpoint_id)  # type: ignore[attr-defined]


def _create(request: HttpRequest, form: EndpointForm) -> Endpoint | None:
    data = form.cleaned_data
    try:
        return services.create_endpoint(
            workspace_id=request.workspace.id,  # type: ignore[attr-defined]
            mode=request.mode,  # type: ignore[attr-defined]
            url=data["url"],
            event_names=data["events"],
            description=data["description"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Problem as problem:
        _explain(form, problem)
        return None


def _change(request: HttpRequest, endpoint: Endpoint, form: EndpointForm) -> bool:
    data = form.cleaned_data
    try:
        services.change_endpoint(
            endpoint,
            url=data["url"],
            event_names=data["events"],
            description=data["description"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Problem as problem:
        _explain(form, problem)
        return False
    return True


def _explain(form: EndpointForm, problem: Problem) -> None:
    """Put a problem beside the field it is about, keeping what was typed."""
    fields = {UrlInvalid: "url", EventUnsupported: "events"}
    form.add_error(fields.get(type(problem)), str(problem))


def _show_endpoint(
    request: HttpRequest,
    endpoint: Endpoint,
    *,
    form: EndpointForm | None = None,
    secret: str = "",
) -> HttpResponse:
    initial = {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}
    try:
        rows, cursor = slice_rows(
            queries.deliveries(endpoint).prefetch_related("attempts"),
            {"cursor": request.GET.get("cursor", "")},
        )
    except BadRequest:
        return redirect("webhooks:detail", endpoint_id=endpoint.id)
    context = {
        "endpoint": endpoint,
        "form": form or EndpointForm(initial=initial),
        "secret": secret,
        "deliveries": rows,
        "next_cursor": cursor,
        "may_manage": "webhooks.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "webhooks/detail.html", context)


urls = [
    path("webhooks", endpoint_list, name="list"),
    path("webhooks/calls/<str:call_id>", of_call, name="of_call"),
    path("webhooks/<str:endpoint_id>", endpoint_detail, name="detail"),
    path("webhooks/<str:endpoint_id>/act", endpoint_act, name="act"),
    path(
        "webhooks/<str:endpoint_id>/deliveries/<str:delivery_id>/retry",
        delivery_retry,
        name="retry",
    ),
]
