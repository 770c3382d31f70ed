"""The HTML door of the wallet: what is left, where every shilling went, and paying money in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.doors import login_required
from kernel.errors import BadRequest, Problem
from kernel.money import Money
from kernel.pages import is_sheet, render_sheet
from kernel.pagination import slice_rows
from wallet import console_alerts, gauge, progress, queries, services
from wallet.models import TopUp
from wallet.mpesa.phone import normalise_msisdn, to_e164
from wallet.ports import tariff
from wallet.services.pulls import look_again
from wallet.statement_filter import CHOICES, StatementFilter

SHILLINGS = (100, 500, 1000, 5000)
OTHER = "other"
LATE_SHOWN = timedelta(seconds=60)


class TopUpForm(forms.Form):
    """An amount in whole shillings and the phone that pays."""

    amount = forms.ChoiceField(
        choices=[(str(each), str(each)) for each in SHILLINGS] + [(OTHER, OTHER)], initial="500"
    )
    other_amount = forms.IntegerField(
        label=gettext_lazy("Amount in whole shillings"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Type whole shillings, such as 1500.")},
    )
    use_last = forms.BooleanField(required=False)
    phone = forms.CharField(
        label=gettext_lazy("M-Pesa phone number"),
        required=False,
        max_length=24,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel", "placeholder": "0712 345 678"}
        ),
        help_text=gettext_lazy("Any M-Pesa line can pay; the money goes to this workspace."),
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: Any, last_phone: str, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_phone = last_phone
        self.currency = currency

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if self.cleaned_data.get("use_last") and self.last_phone:
            return self.last_phone
        try:
            return to_e164(normalise_msisdn(typed))
        except ValueError:
            words = _("Type a Kenyan mobile number, such as 0712 345 678 or +254 712 345 678.")
            raise ValidationError(words) from None

    def clean(self) -> dict[str, Any]:
        """Choose the amount, and say the limits when it is outside them."""
        data = super().clean() or self.cleaned_data
        chosen = data.get("amount")
        shillings = data.get("other_amount") if chosen == OTHER else int(chosen or 0)
        low, high = settings.TOPUP_MIN_MINOR, settings.TOPUP_MAX_MINOR
        if "other_amount" not in self.errors and not low <= (shillings or 0) * 100 <= high:
            limits = {"low": Money(low, self.currency), "high": Money(high, self.currency)}
            self.add_error("other_amount", _("Choose from %(low)s to %(high)s.") % limits)
        data["amount_minor"] = (shillings or 0) * 100
        return data


@never_cache
@require_safe
@login_required(scope="wallet.read")
def overview(request: HttpRequest) -> HttpResponse:
    """Show the money and where it went, newest first."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    wanted = StatementFilter.read(request.GET)
    rows = wanted.rows(workspace.id, mode)
    try:
        entries, cursor = slice_rows(rows, {"cursor": request.GET.get("cursor", "")})
    except BadRequest:
        return redirect("wallet:overview")
    recent = queries.recent_topups(workspace.id, mode)
    balance = queries.balance(workspace.id, mode)
    context = {
        "balance": balance,
        "entries": entries,
        "next_cursor": cursor,
        "wanted": wanted,
        "kinds": CHOICES,
        "pending": [each for each in recent if each.public_status == "pending"],
        "gauge": gauge.draw(workspace.id, mode, balance),
        "account_ref": workspace.mpesa_account_ref,
        "api_url": settings.PUBLIC_URL,
        "alerts": console_alerts.section(request, balance),
    }
    return render(request, "wallet/overview.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope="wallet.topup")
def topup(request: HttpRequest) -> HttpResponse:
    """Ask for an amount and a phone, and send the prompt; the Paybill way stands beside it."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    last = queries.last_phone(workspace.id, mode)
    form = TopUpForm(
        request.POST if request.method == "POST" else None,
        last_phone=last,
        currency=workspace.currency,
        initial={"use_last": bool(last)},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _follow(request, _start(request, form))
        except Problem as problem:
            form.add_error(None, problem.words())
            status = problem.status
    return render_sheet(request, "wallet/topup.html", _topup_context(request, form), status=status)


@never_cache
@require_safe
@login_required(scope="wallet.read")
def paybill_watch(request: HttpRequest) -> HttpResponse:
    """Say whether a Paybill payment has come since the dialog was opened; the dialog asks again."""
    return render(request, "wallet/_paybill_wait.html", _watch_context(request))


@require_safe
def sealed_nights(request: HttpRequest) -> HttpResponse:
    """Show the root of every night to everybody, so that we cannot change the past unseen."""
    return render(request, "wallet/seals.html", {"nights": queries.sealed_nights()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope="wallet.read")
def topup_detail(request: HttpRequest, topup_id: str) -> HttpResponse:
    """Follow one top-up to its end: the steps, the receipt, or the reason in words.

    A POST says "I paid but nothing happened": M-Pesa is asked again at once.
    """
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    found = queries.access_topup(workspace.id, mode, topup_id)
    context = _detail_context(request, found)
    if request.method == "POST":
        look_again(found)
        context["asked_again"] = True
    return render_sheet(request, "wallet/topup_detail.html", context)


@never_cache
@require_safe
@login_required(scope="wallet.read")
def late_arrival(request: HttpRequest) -> HttpResponse:
    """Say that money came just now, after we had stopped waiting: a line over whatever page is open."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    found = queries.late_arrival(workspace.id, mode, within=LATE_SHOWN)
    amount = str(Money(found.paid_minor or 0, found.currency)) if found else ""
    return render(request, "wallet/_late.html", {"late": found, "amount": amount})


def _start(request: HttpRequest, form: TopUpForm) -> TopUp:
    workspace = request.workspace  # type: ignore[attr-defined]
    started: TopUp = services.start_topup(
        workspace_id=workspace.id,
        mode=request.mode,  # type: ignore[attr-defined]
        amount_minor=form.cleaned_data["amount_minor"],
        currency=workspace.currency,
        phone_e164=form.cleaned_data["phone"],
        account_ref=workspace.mpesa_account_ref,
    )
    return started


def _follow(request: HttpRequest, started: TopUp) -> HttpResponse:
    """Go on in the sheet at once, or on a page that survives a reload."""
    if is_sheet(request):
        context = _detail_context(request, started)
        return render_sheet(request, "wallet/topup_detail.html", context)
    return redirect("wallet:topup_detail", topup_id=started.id)


def _topup_context(request: HttpRequest, form: TopUpForm) -> dict[str, Any]:
    workspace = request.workspace  # type: ignore[attr-defined]
    rate = tariff().usual_rate(workspace.id, workspace.currency)
    minutes = [(each, gauge.minutes_left(each * 100, rate)) for each in SHILLINGS]
    return {
        "title": _("Top up wallet"),
        "form": form,
        "chips": minutes,
        "chosen": form["amount"].value() or "500",
        "last_phone": form.last_phone,
        "uses_last": bool(form.last_phone) and form["use_last"].value() in (True, "on"),
        "low_minor": settings.TOPUP_MIN_MINOR,
        "high_minor": settings.TOPUP_MAX_MINOR,
        "currency": workspace.currency,
        "paybill": settings.DARAJA_SHORTCODE,
        "account_ref": workspace.mpesa_account_ref,
        **_watch_context(request),
        "is_paybill": request.GET.get("way") == "paybill",
    }


# The values are those of a template's context.
def _watch_context(request: HttpRequest) -> dict[str, Any]:
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    since = read_since(request.GET.get("since", ""))
    arrived = queries.paybill_since(workspace.id, mode, since)
    asked = {"since": clock.rfc3339(since)}
    return {
        "arrived": arrived,
        "watch_url": f"{reverse('wallet:paybill_watch')}?{urlencode(asked)}",
        "watched_balance": queries.balance(workspace.id, mode) if arrived else None,
    }


def read_since(text: str) -> datetime:
    """Return the moment a dialog was opened; now, when that cannot be read."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment is not None and moment.tzinfo else clock.now()


def _detail_context(request: HttpRequest, found: TopUp) -> dict[str, Any]:
    workspace = request.workspace  # type: ignore[attr-defined]
    return {
        "title": _("Top up wallet"),
        "topup": found,
        "steps": progress.steps(found),
        "failure": progress.failure(found),
        "is_waiting": progress.is_waiting(found),
        "countdown_seconds": progress.COUNTDOWN_SECONDS,
        "balance": queries.balance(workspace.id, request.mode),  # type: ignore[attr-defined]
        "account_ref": workspace.mpesa_account_ref,
        "detail_url": reverse("wallet:topup_detail", args=[found.id]),
    }


urls = [
    path("ledger/seals", sealed_nights, name="seals"),
    path("wallet", overview, name="overview"),
    path("wallet/paybill", paybill_watch, name="paybill_watch"),
    path("wallet/late", late_arrival, name="late"),
    path("wallet/topup", topup, name="topup"),
    path("wallet/topup/<uuid:topup_id>", topup_detail, name="topup_detail"),
]
