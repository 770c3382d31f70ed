"""What HTML doors share: who may see a page, sheets that are also pages, problems as messages."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kernel.errors import Problem

View = Callable[..., HttpResponse]


def member_page(scope: str = "") -> Callable[[View], View]:
    """Let members in whose role has `scope`; others sign in, finish onboarding, or see 403."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = getattr(request, "membership", None)
            if membership is None:
                return redirect("accounts:onboarding")
            if scope and scope not in membership.scopes:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def may(request: HttpRequest, scope: str) -> bool:
    """Say whether the role of the person at the page has a scope."""
    membership = getattr(request, "membership", None)
    return membership is not None and scope in membership.scopes


def is_sheet(request: HttpRequest) -> bool:
    """Say whether the page was asked for as the body of the sheet."""
    return request.headers.get("HX-Target") == "sheet-body"


def render_sheet(
    request: HttpRequest, template: str, context: dict[str, typing.Any], *, status: int = 200
) -> HttpResponse:
    """Render a template that extends `base` as a sheet, or as a page where there are no scripts."""
    base = "console/sheet.html" if is_sheet(request) else "console/paper.html"
    # htmx swaps successful answers only; a refused form is a fine answer inside a sheet.
    answered = 200 if is_sheet(request) else status
    return render(request, template, {**context, "base": base}, status=answered)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to another page after a form; inside a sheet the whole page follows."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def refuse(request: HttpRequest, problem: Problem) -> None:
    """Show a problem's sentence at the top of the next page."""
    messages.error(request, str(problem))
