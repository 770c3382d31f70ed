"""The check behind every console page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts import sessions
from accounts.errors import AdminRequired, Suspended, WriteDenied
from accounts.models import Workspace
from accounts.person_errors import NotTheOwner, WorkspaceClosed
from accounts.requests import Page
from kernel.doors import Door, login_required

__all__ = ["check", "login_required"]

View = TypeVar("View", bound=Callable[..., HttpResponse])
BACK_OFFICE = "/admin"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def check(request: Page, door: Door) -> HttpResponse | None:
    """Send a visitor to sign-in or onboarding, or let them pass.

    Raises Suspended, WorkspaceClosed, WriteDenied, AdminRequired and NotTheOwner.
    """
    if not request.user.is_authenticated:
        return _go(request, sign_in_url(request))
    if request.impersonation is not None and request.method not in SAFE_METHODS:
        raise WriteDenied()
    if door.needs_workspace and request.workspace is None:
        return _go(request, reverse("accounts:onboarding"))
    if door.needs_workspace:
        if request.impersonation is None and lacks_second_step(request):
            return _go(request, reverse("accounts:security"))
        _check_suspension(request)
        _check_scope(request, door.required_scope(request.method or "GET"))
        _check_role(request, door.role)
    return None


def sign_in_url(request: HttpRequest) -> str:
    """Tell where to sign in and come back from; a form that was sent cannot be sent again."""
    here = request.get_full_path() if request.method == "GET" else "/overview"
    is_due = sessions.SECOND_STEP_DUE in request.session
    where = "accounts:second_step" if is_due else "accounts:signin"
    return f"{reverse(where)}?{urlencode({'next': here})}"


# It sets what no request class of Django declares: who waits at the second step.
def hold_back(request: Any) -> None:
    """Treat a session whose second step is still to be proven as nobody's."""
    request.held_back = None
    if sessions.SECOND_STEP_DUE in request.session and request.user.is_authenticated:
        request.held_back = request.user
        request.user = AnonymousUser()


def guard_back_office(request: HttpRequest) -> HttpResponse | None:
    """Let an operator into the back office with a second step only; in production all have one."""
    if not request.path.startswith(BACK_OFFICE):
        return None
    if getattr(request, "held_back", None) is not None:
        return _go(request, sign_in_url(request))
    user = request.user
    if not settings.PRODUCTION or not user.is_authenticated or not user.is_staff:
        return None
    if sessions.has_second_step(request, user):
        return None
    return _go(request, f"{reverse('accounts:security')}?{urlencode({'why': 'operator'})}")


# A page's request or a call of the API; both have a session and a workspace here.
def lacks_second_step(request: Any) -> bool:
    """Tell whether the workspace asks for a second step that this session did not prove."""
    if request.workspace is None or not request.workspace.requires_second_step:
        return False
    return not sessions.has_second_step(request, request.user)


def fresh(view: View) -> View:
    """Let the person show again who they are before the page, unless they just did."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_fresh(request):
            return view(request, *args, **kwargs)
        here = request.get_full_path() if request.method == "GET" else "/settings/security"
        return _go(request, f"{reverse('accounts:confirm')}?{urlencode({'next': here})}")

    return guarded  # type: ignore[return-value]  # wraps keeps the signature


def _check_role(request: Page, role: str) -> None:
    if role and request.role != role:
        raise NotTheOwner()


def role_problem(role: str) -> WriteDenied | AdminRequired:
    """Say why a role is not enough."""
    return WriteDenied() if role == "viewer" else AdminRequired()


def _check_suspension(request: Page) -> None:
    if request.workspace.is_suspended and request.method not in SAFE_METHODS:
        raise workspace_problem(request.workspace)


def workspace_problem(workspace: Workspace) -> Suspended | WorkspaceClosed:
    """Say why nothing may be changed in a workspace."""
    return WorkspaceClosed() if workspace.is_closed else Suspended()


def _check_scope(request: Page, scope: str) -> None:
    if scope and scope not in request.scopes:
        raise role_problem(request.membership.role)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    # HTMX would swap a followed redirect into the page, so it gets its own header.
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
