"""The HTML door of storage tiers: how full it is, what each tier costs, moving to another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from calls import shelf, storage
from calls.services import storage as storage_services
from kernel.doors import login_required
from kernel.errors import Problem
from kernel.pages import refuse
from wallet import queries as wallet


@never_cache
@login_required(
    scope={"GET": "recordings.read", "HEAD": "recordings.read", "POST": "storage.manage"}
)
@require_http_methods(["GET", "HEAD", "POST"])
def storage_page(request: HttpRequest) -> HttpResponse:
    """Show the tier and its fill; `?tier=50` shows the sum of a change before it is made."""
    if request.method == "POST":
        return _change(request)
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    plan = shelf.plan_of(workspace.id, mode)
    facts = shelf.as_json(plan, workspace.currency)
    offers = [_priced(offer) for offer in facts["tiers"]]
    wanted = read_tier(request.GET.get("tier", ""))
    chosen = next((offer for offer in offers if offer["tier_gb"] == wanted), None)
    left = wallet.balance(workspace.id, mode).available_minor
    context = {
        "plan": plan,
        "facts": facts,
        "used_percent": min(100, facts["used_bytes"] * 100 // facts["limit_bytes"]),
        "offers": offers,
        "chosen": None if chosen is None or wanted == plan.tier_gb else chosen,
        "left_minor": left - chosen["switch_minor"] if chosen else left,
        "free_gb": storage.FREE_GB,
        "gb_minor": storage.monthly_price_minor(storage.FREE_GB + 1),
        "may_change": "storage.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "calls/storage.html", context)


def read_tier(text: str) -> int | None:
    """Return the tier that was asked for, if there is such a one."""
    wanted = int(text) if text.isdecimal() else None
    return wanted if wanted in storage.TIERS else None


def _change(request: HttpRequest) -> HttpResponse:
    wanted = read_tier(request.POST.get("tier", ""))
    if wanted is None:
        messages.error(request, _("There is no such tier."))
        return redirect("calls:storage")
    try:
        storage_services.change_tier(
            workspace_id=request.workspace.id,  # type: ignore[attr-defined]
            mode=request.mode,  # type: ignore[attr-defined]
            tier_gb=wanted,
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Problem as problem:
        refuse(request, problem)
    else:
        messages.success(request, _("Your storage holds %(gb)d GB now.") % {"gb": wanted})
    return redirect("calls:storage")


# An offer is the JSON of the API with its sums.
def _priced(offer: dict[str, Any]) -> dict[str, Any]:
    return {
        **offer,
        "monthly_minor": offer["monthly_price_minor"] + offer["monthly_vat_minor"],
        "switch_minor": offer["switch_net_minor"] + offer["switch_vat_minor"],
    }


urls = [path("settings/storage", storage_page, name="storage")]
