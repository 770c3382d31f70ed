"""The HTML door of `sautikit login`: a person reads a code and decides who gets a key."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import errors, queries, roles, services, sessions
from accounts.doors import login_required, role_problem, workspace_problem
from accounts.forms import DeviceCodeForm, DeviceLoginForm
from accounts.models import DeviceLogin, Membership
from accounts.requests import Page
from accounts.services.devices import NEEDED_SCOPE
from kernel.errors import RateLimited


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def device_login(request: Page) -> HttpResponse:
    """Ask for the code, then show who waits with it and let the person decide."""
    told = request.POST if request.method == "POST" else request.GET
    code_form = DeviceCodeForm(told if "code" in told else None)
    if not code_form.is_valid():
        return render(request, "accounts/device_login.html", {"code_form": code_form})
    code = code_form.cleaned_data["code"]
    try:
        row = services.find_device_login(code, user=request.user)
        return _decide(request, row, services.shown_code(code))
    except (errors.DeviceCodeUnknown, RateLimited) as problem:
        code_form.add_error("code", problem.words())
        context = {"code_form": code_form}
        return render(request, "accounts/device_login.html", context, status=problem.status)


def _decide(request: Page, row: DeviceLogin, code: str) -> HttpResponse:
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "deny":
        services.deny_device_login(row, user=request.user, actor=request.actor)
        return _done(request, row)
    seats = [seat for seat in queries.memberships(request.user) if NEEDED_SCOPE in seat.scopes]
    form = DeviceLoginForm(
        request.POST if action else None, seats=seats, initial=_wishes(request, row)
    )
    if action and form.is_valid():
        seat = _seat(request, form.cleaned_data["workspace"])
        if _lacks_second_step(request, seat):
            return redirect("accounts:security")
        services.approve_device_login(
            row,
            membership=seat,
            mode=form.cleaned_data["mode"],
            scopes=form.cleaned_data["scopes"],
            actor=request.actor,
        )
        return _done(request, row)
    context = {
        "row": row,
        "code": code,
        "form": form if seats else None,
        "scopes": list(roles.SCOPES.values()),
        "asks_little": row.scopes is not None,
        "key_days": settings.DEVICE_LOGIN_KEY_DAYS,
    }
    return render(request, "accounts/device_login.html", context)


def _wishes(request: Page, row: DeviceLogin) -> dict[str, object]:
    """What is chosen when the page opens: what the program asked for, where the person works."""
    asked = roles.ALL - roles.WITHHELD_FROM_KEYS if row.scopes is None else row.scopes
    here = request.workspace.id if request.workspace else ""
    return {"workspace": str(here), "mode": row.mode, "scopes": sorted(asked)}


def _seat(request: Page, workspace_id: str) -> Membership:
    """Fetch the person's seat in the workspace they chose.

    Raises WorkspaceForbidden, Suspended, WorkspaceClosed, WriteDenied and AdminRequired.
    """
    seat = queries.memberships(request.user).filter(workspace_id=workspace_id).first()
    if seat is None:
        raise errors.WorkspaceForbidden()
    if seat.workspace.is_suspended:
        raise workspace_problem(seat.workspace)
    if NEEDED_SCOPE not in seat.scopes:
        raise role_problem(seat.role)
    return seat


def _lacks_second_step(request: Page, seat: Membership) -> bool:
    """Tell whether the workspace chosen here, which need not be the open one, asks for more."""
    if not seat.workspace.requires_second_step:
        return False
    return not sessions.has_second_step(request, request.user)


def _done(request: Page, row: DeviceLogin) -> HttpResponse:
    return render(request, "accounts/device_login_done.html", {"row": row})
