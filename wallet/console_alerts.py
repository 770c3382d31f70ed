"""The HTML door of low-balance mails: the wallet page's section, and the pages behind the links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kernel.doors import login_required
from kernel.errors import Problem
from kernel.pages import refuse
from wallet import queries, services
from wallet.errors import AlertLinkInvalid
from wallet.services import alerts

SHILLINGS_MAX = 10_000_000


class ThresholdForm(forms.Form):
    """The balance in whole shillings below which mails and the event are sent."""

    shillings = forms.IntegerField(
        label=gettext_lazy("Tell me when the balance falls below (shillings)"),
        min_value=0,
        max_value=SHILLINGS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("0 switches it off."),
    )


class SubscriberForm(forms.Form):
    """One more address."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("It gets a mail with a link and is told only after it agrees."),
    )


# The values are those of a template's context.
def section(request: HttpRequest, balance: queries.Balance) -> dict[str, Any]:
    """Return what the alert section of the wallet page shows."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    shillings = balance.low_balance_threshold_minor // 100
    return {
        "threshold_form": ThresholdForm(initial={"shillings": shillings}),
        "subscriber_form": SubscriberForm(),
        "subscribers": list(queries.subscribers(workspace.id, mode).order_by("email")),
        "may_manage": "wallet.topup" in request.scopes,  # type: ignore[attr-defined]
    }


@require_POST
@login_required(scope="wallet.topup")
def set_threshold(request: HttpRequest) -> HttpResponse:
    """Save the threshold."""
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, form)
    services.set_threshold(
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        mode=request.mode,  # type: ignore[attr-defined]
        threshold_minor=form.cleaned_data["shillings"] * 100,
    )
    messages.success(request, _("The threshold is saved."))
    return redirect("wallet:overview")


@require_POST
@login_required(scope="wallet.topup")
def add(request: HttpRequest) -> HttpResponse:
    """Ask one more address whether it wants the mails."""
    form = SubscriberForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, form)
    try:
        row = alerts.add_subscriber(
            workspace_id=request.workspace.id,  # type: ignore[attr-defined]
            mode=request.mode,  # type: ignore[attr-defined]
            email=form.cleaned_data["email"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Problem as problem:
        refuse(request, problem)
    else:
        said = _("We asked %(email)s. It gets low-balance mails once it has agreed.")
        messages.success(request, said % {"email": row.email})
    return redirect("wallet:overview")


@require_POST
@login_required(scope="wallet.topup")
def remove(request: HttpRequest, subscriber_id: str) -> HttpResponse:
    """Take an address off the list."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    row = queries.access_subscriber(workspace.id, mode, subscriber_id)
    alerts.remove_subscriber(row, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("%(email)s gets no more mails.") % {"email": row.email})
    return redirect("wallet:overview")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; only pressing it agrees, because mail scanners open links too."""
    return _link_page(request, token, alerts.CONFIRM)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; only pressing it takes the address off the list."""
    return _link_page(request, token, alerts.LEAVE)


def _link_page(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    page = "confirm" if purpose == alerts.CONFIRM else "leave"
    try:
        row = alerts.find_subscriber(token, purpose)
        if request.method == "POST":
            act = alerts.confirm_subscriber if page == "confirm" else alerts.leave_list
            act(token)
    except AlertLinkInvalid as problem:
        gone = render(request, "wallet/alert_gone.html", {"problem": problem}, status=410)
        return _private(gone)
    context = {"subscriber": row, "page": page, "is_done": request.method == "POST"}
    return _private(render(request, "wallet/alert_link.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address with its token from leaking to the next site."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refuse_form(request: HttpRequest, form: forms.Form) -> HttpResponse:
    for problems in form.errors.values():
        messages.error(request, str(problems[0]))
    return redirect("wallet:overview")


urls = [
    path("wallet/alerts/threshold", set_threshold, name="alert_threshold"),
    path("wallet/alerts/add", add, name="alert_add"),
    path("wallet/alerts/<uuid:subscriber_id>/remove", remove, name="alert_remove"),
    path("wallet/alert/confirm/<str:token>", confirm, name="alert_confirm"),
    path("wallet/alert/leave/<str:token>", leave, name="alert_leave"),
]
