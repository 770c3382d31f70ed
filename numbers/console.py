"""The HTML door of numbers: the ones held, the ones to choose from, claiming, routing, releasing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import Page
from kernel import clock
from kernel.doors import login_required
from kernel.errors import BadRequest, Problem
from kernel.money import Money, vat_on
from kernel.pages import go, render_sheet
from numbers import queries, rental, services
from numbers.models import Number
from numbers.prices import PriceList
from wallet import queries as wallet
from wallet.errors import InsufficientBalance

SHOWN_MAX = 60


class ClaimForm(forms.Form):
    """Where the calls of a new number go; it may be set later."""

    voice_callback_url = forms.CharField(
        label=gettext_lazy("Voice URL"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "We ask it what to say when someone rings or answers. You can set it later."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://your-app.example.com/voice"}),
    )


class RoutingForm(ClaimForm):
    """Everything about where a number's calls and events go."""

    voice_fallback_url = forms.CharField(
        label=gettext_lazy("Fallback URL"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Asked when the voice URL fails or sends something we cannot read."),
        widget=forms.URLInput,
    )
    ring_client = forms.CharField(
        label=gettext_lazy("Browser client"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Rings when no voice URL is set: console is the softphone of these pages."
        ),
        widget=forms.TextInput(attrs={"placeholder": "console", "autocomplete": "off"}),
    )
    forward_to = forms.CharField(
        label=gettext_lazy("Forward to"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Up to five numbers, with commas; they ring together when no voice URL is set."
        ),
        widget=forms.TextInput(attrs={"placeholder": "+254712345678", "inputmode": "tel"}),
    )
    voicemail_greeting = forms.CharField(
        label=gettext_lazy("Voicemail greeting"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Spoken to callers who reach nobody; then they leave a message. Empty: no voicemail."
        ),
    )
    voicemail_email = forms.EmailField(
        label=gettext_lazy("Voicemail to"),
        required=False,
        help_text=gettext_lazy("Gets a mail for each message. Empty: the owners."),
    )
    events_url = forms.CharField(
        label=gettext_lazy("Events URL"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Gets the call events of this number alone, signed."),
        widget=forms.URLInput,
    )


@require_safe
@login_required(scope="numbers.read")
def number_list(request: Page) -> HttpResponse:
    """List the numbers this workspace holds."""
    held = queries.numbers_of(request.workspace.id, request.mode)
    context = {"numbers": held.order_by("-created_at"), "api_url": settings.PUBLIC_URL}
    return render(request, "numbers/list.html", context)


@require_safe
@login_required(scope="numbers.read")
def available(request: Page) -> HttpResponse:
    """Show numbers to choose from, with today's price."""
    wanted = "".join(char for char in request.GET.get("contains", "") if char.isdigit())
    offered = queries.prices_by_prefix(request.mode)
    prefix, price = request.GET.get("prefix", ""), request.GET.get("price", "")
    prefix = prefix if prefix in {each for each, _price in offered} else ""
    prices_known = sorted({each for _prefix, each in offered})
    price_minor = int(price) if price.isdecimal() and int(price) in prices_known else None
    rows = queries.available(request.mode, contains=wanted, prefix=prefix)
    if price_minor is not None:
        rows = rows.filter(monthly_price_minor__lte=price_minor)
    found, prices = list(rows[: SHOWN_MAX + 1]), PriceList(request.workspace.id)
    context = {
        "offers": [(row, queries.quote(row), prices.of(row.currency)) for row in found[:SHOWN_MAX]],
        "has_more": len(found) > SHOWN_MAX,
        "contains": wanted,
        "prefix": prefix,
        "prefixes": sorted({each for each, _price in offered}),
        "price_minor": price_minor,
        "prices": prices_known,
        "currency": request.workspace.currency,
        "may_claim": "numbers.claim" in request.scopes,
    }
    return render(request, "numbers/available.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope="numbers.claim")
def claim(request: Page, inventory_id: str) -> HttpResponse:
    """Show the sum before it is paid, then claim the number."""
    mode = request.mode
    offer = queries.access_inventory(mode, inventory_id=inventory_id)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            done = services.claim_number(
                actor=request.actor,
                workspace_id=request.workspace.id,
                mode=mode,
                inventory=offer,
                **form.cleaned_data,
            )
        except Problem as problem:
            _show(form, problem)
            status = problem.status
        else:
            messages.success(request, _("%(number)s is yours.") % {"number": offer.e164})
            return go(request, reverse("numbers:detail", args=[done.number.id]))
    context = {"title": _("Claim this number"), "form": form, "offer": offer}
    context |= _sum(request, offer)
    return render_sheet(request, "numbers/claim.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope={"GET": "numbers.read", "POST": "numbers.route"})
def number_detail(request: Page, number_id: str) -> HttpResponse:
    """Say what happens when someone rings this number, and change it."""
    number = _mine(request, number_id)
    initial = {name: getattr(number, name) for name in RoutingForm.base_fields}
    form = RoutingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.route_number(number, changes=form.cleaned_data, actor=request.actor)
        except Problem as problem:
            _show(form, problem)
        else:
            messages.success(
                request, _("Calls to this number follow the new addresses from now on.")
            )
            return redirect("numbers:detail", number_id=number.id)
    context = {
        "number": number,
        "minute": PriceList(number.workspace_id).of(number.currency),
        "form": form,
        "may_route": "numbers.route" in request.scopes,
        "may_release": "numbers.release" in request.scopes,
        "refund": _refund(number),
        "rental": queries.current_rental(number),
        "api_url": settings.PUBLIC_URL,
        "signing_secret_url": reverse("accounts:settings"),
    }
    return render(request, "numbers/detail.html", context)


@require_POST
@login_required(scope="numbers.release")
def release(request: Page, number_id: str) -> HttpResponse:
    """Give a number back and say what was refunded."""
    number = _mine(request, number_id)
    done = services.release_number(number, actor=request.actor)
    refund = Money(done.refund.gross_minor, number.currency)
    words = {"number": number.e164, "refund": refund}
    messages.success(
        request, _("%(number)s is released. %(refund)s went back to your wallet.") % words
    )
    return redirect("numbers:list")


def _mine(request: Page, number_id: str) -> Number:
    found: Number = queries.access_number(request.workspace.id, request.mode, number_id)
    return found


def _sum(request: Page, offer: Any) -> dict[str, Any]:  # the inventory row of this app
    """Lay out what is paid today, what follows, and what is left."""
    quote = queries.quote(offer)
    balance = wallet.balance(request.workspace.id, request.mode)
    monthly = offer.monthly_price_minor + vat_on(offer.monthly_price_minor)
    return {
        "quote": quote,
        "next_on": quote.last_on + timedelta(days=1),
        "next_minor": monthly,
        "after_minor": balance.available_minor - quote.gross_minor,
        "missing_minor": max(0, quote.gross_minor - balance.available_minor),
    }


def _refund(number: Number) -> rental.Price | None:
    """Compute what releasing the number today would give back."""
    paid = queries.current_rental(number)
    if paid is None:
        return None
    return rental.refund(
        monthly_price_minor=paid.monthly_price_minor,
        paid=rental.Price(paid.net_minor, paid.vat_minor),
        first_on=paid.first_on,
        today=clock.nairobi_today(),
    )


def _show(form: forms.Form, problem: Problem) -> None:
    """Put a problem beside the field it is about, keeping what was typed."""
    if isinstance(problem, BadRequest) and problem.fields:
        for name, text in problem.spoken_fields():
            form.add_error(name if name in form.fields else None, text)
        return
    if isinstance(problem, InsufficientBalance):
        form.add_error(
            None,
            _("Your wallet does not hold enough. Nothing was charged. Top up and claim again."),
        )
        return
    form.add_error(None, problem.words())


urls = [
    path("numbers", number_list, name="list"),
    path("numbers/available", available, name="available"),
    path("numbers/available/<str:inventory_id>", claim, name="claim"),
    path("numbers/<str:number_id>", number_detail, name="detail"),
    path("numbers/<str:number_id>/release", release, name="release"),
]
