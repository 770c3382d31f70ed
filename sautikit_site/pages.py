"""The pages of no app: the public home, the overview, and what is shown when nothing is found."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from calls import queries as calls
from docs import pricing
from kernel.doors import login_required
from kernel.money import Money, call_cost
from numbers import queries as numbers
from sautikit_site import overview as board
from sautikit_site import palette, status
from sautikit_site.trying import editor, placing, speech
from wallet import gauge
from wallet import queries as wallet

ICON: Final = Path(settings.BASE_DIR) / "static" / "icons" / "mark.svg"


def home(request: HttpRequest) -> HttpResponse:
    """Say what Sautikit is, what it costs and how to begin."""
    found = pricing.home_prices()
    prices = {name: str(Money(minor, pricing.CURRENCY)) for name, minor in found.items()}
    example = str(Money(call_cost(47, found["outbound"]), pricing.CURRENCY))
    context = {**prices, "example_cost": example, "api_url": settings.PUBLIC_URL}
    return render(request, "site/home.html", context)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the money left, today's calls, what is live and what is left to set up."""
    ranges = [name for name, _bucket, _label in board.RANGES]
    since = request.GET.get("since", "")
    since = since if since in ranges else ranges[0]
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    steps = board.quickstart(workspace.id, mode)
    context = {
        "since": since,
        "ranges": board.RANGES,
        "chart": board.chart(workspace.id, mode, since=since),
        "live_calls": calls.live_calls(workspace.id, mode).order_by("-created_at")[:5],
        "failures": board.last_failures(workspace.id, mode),
        "steps": steps,
        "steps_done": sum(step.is_done for step in steps),
        "api_url": settings.PUBLIC_URL,
        "gauge": gauge.draw(workspace.id, mode, wallet.balance(workspace.id, mode)),
        "from_e164": numbers.first_number(workspace.id, mode),
    }
    return render(request, "site/overview.html", context)


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(_request: HttpRequest) -> HttpResponse:
    """Give our mark to what asks for an icon without having read a page."""
    return HttpResponse(ICON.read_bytes(), content_type="image/svg+xml")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 with a page."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 with a page."""
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that needs neither session nor database."""
    return render(request, "500.html", status=500)


console_urls = [
    path("", home, name="home"),
    path("overview", overview, name="overview"),
    path("palette", palette.palette, name="palette"),
    path("try", placing.page, name="try"),
    path("try/code", placing.code, name="try_code"),
    path("try/document", editor.page, name="try_document"),
    path("try/document/verdict", editor.verdict, name="try_verdict"),
    path("try/document/<str:draft_id>/delete", editor.delete, name="try_delete"),
    path("try/speech", speech.speak, name="try_speech"),
    path("status", status.status, name="status"),
]
