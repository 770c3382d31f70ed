"""The check behind every console page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.errors import AdminRequired, Suspended, WriteDenied
from accounts.requests import Page
from kernel.doors import Door, login_required

__all__ = ["check", "login_required"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def check(request: Page, door: Door) -> HttpResponse | None:
    """Send a visitor to sign-in or onboarding, or let them pass.

    Raises Suspended, WriteDenied and AdminRequired.
    """
    if not request.user.is_authenticated:
        return _go(request, sign_in_url(request))
    if door.needs_workspace and request.workspace is None:
        return _go(request, reverse("accounts:onboarding"))
    if door.needs_workspace:
        _check_suspension(request)
        _check_scope(request, door.required_scope(request.method or "GET"))
    return None


def sign_in_url(request: HttpRequest) -> str:
    """Tell where to sign in and come back from; a form that was sent cannot be sent again."""
    here = request.get_full_path() if request.method == "GET" else "/overview"
    return f"{reverse('accounts:signin')}?{urlencode({'next': here})}"


def role_problem(role: str) -> WriteDenied | AdminRequired:
    """Say why a role is not enough."""
    return WriteDenied() if role == "viewer" else AdminRequired()


def _check_suspension(request: Page) -> None:
    suspended = request.workspace.is_suspended
    if suspended and request.method not in SAFE_METHODS:
        raise Suspended()


def _check_scope(request: Page, scope: str) -> None:
    if scope and scope not in request.scopes:
        raise role_problem(request.membership.role)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    # HTMX would swap a followed redirect into the page, so it gets its own header.
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
