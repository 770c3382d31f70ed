"""The pages of endpoints: the list with its health, one endpoint, its secrets and its replays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kernel import clock, events
from kernel.doors import login_required
from kernel.errors import BadRequest, Problem
from kernel.pages import refuse
from kernel.pagination import slice_rows
from webhooks import queries, services
from webhooks.errors import EventUnsupported, UrlInvalid
from webhooks.models import Endpoint
from webhooks.states import DELIVERY
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
    ordered = forms.BooleanField(
        label=gettext_lazy("One at a time, the events of a call strictly in their order"),
        required=False,
    )
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
    rows = list(queries.endpoints(workspace.id, mode).order_by("-created_at"))
    context = {
        "endpoints": queries.with_health(rows),
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
    endpoint = mine(request, endpoint_id)
    form = EndpointForm(
        request.POST if request.method == "POST" else None, initial=_values(endpoint)
    )
    if request.method == "POST" and form.is_valid() and _change(request, endpoint, form):
        messages.success(request, _("The endpoint was changed."))
        return redirect("webhooks:detail", endpoint_id=endpoint.id)
    return _show_endpoint(request, endpoint, form=form)


@never_cache
@require_POST
@login_required(scope="webhooks.manage")
def endpoint_act(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Pause, resume, test, give a new secret or remove, as the pressed button says."""
    endpoint = mine(request, endpoint_id)
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


class ReplayForm(forms.Form):
    """Which time is sent again; people type it in Nairobi's time."""

    since = forms.DateTimeField(
        label=gettext_lazy("From (Nairobi time)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


@require_POST
@login_required(scope="webhooks.manage")
def endpoint_replay(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Send the events of a range of time again."""
    endpoint = mine(request, endpoint_id)
    with timezone.override(clock.NAIROBI):
        form = ReplayForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Give both times, for example 22 November 2026, 09:00."))
            return redirect("webhooks:detail", endpoint_id=endpoint.id)
    times = form.cleaned_data
    try:
        services.replay_events(endpoint, from_at=times["since"], to_at=times["until"])
    except Problem as problem:
        refuse(request, problem)
    else:
        messages.success(request, _("The events of that time are sent again."))
    return redirect("webhooks:detail", endpoint_id=endpoint.id)


def mine(request: HttpRequest, endpoint_id: str) -> Endpoint:
    """Return the endpoint of the reader's workspace and mode."""
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
            ordered=data["ordered"],
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
            ordered=data["ordered"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Problem as problem:
        _explain(form, problem)
        return False
    return True


def _explain(form: EndpointForm, problem: Problem) -> None:
    """Put a problem beside the field it is about, keeping what was typed."""
    fields = {UrlInvalid: "url", EventUnsupported: "events"}
    form.add_error(fields.get(type(problem)), problem.words())


def _show_endpoint(
    request: HttpRequest,
    endpoint: Endpoint,
    *,
    form: EndpointForm | None = None,
    secret: str = "",
) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("status", "kind")}
    found = queries.deliveries(endpoint, **chosen).prefetch_related("attempts")
    try:
        rows, cursor = slice_rows(found, {"cursor": request.GET.get("cursor", "")})
    except BadRequest:
        return redirect("webhooks:detail", endpoint_id=endpoint.id)
    context = {
        "endpoint": endpoint,
        "health": queries.with_health([endpoint])[0].health,
        "form": form or EndpointForm(initial=_values(endpoint)),
        "replay_form": ReplayForm(),
        "replays": endpoint.replays.order_by("-created_at")[:5],
        "secret": secret,
        "states": DELIVERY.states,
        "kinds": list(events.catalogue()),
        **chosen,
        "is_filtered": any(chosen.values()),
        "deliveries": rows,
        "next_cursor": cursor,
        "may_manage": "webhooks.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "webhooks/detail.html", context)


def _values(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in ("url", "description", "ordered", "events")}
