"""Which workspace a page is opened in, and the page of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import browsers, doors, impersonating, queries, sessions
from kernel.errors import Problem

API_PREFIX = "/v1/"


class WorkspaceMiddleware:
    """Sets `workspace membership role mode scopes actor check_door` on every request with a session.

    On /v1 the authentication class decides; a bearer header makes the cookie ignored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prepare(request)
        if self._has_session(request):
            sessions.keep_alive(request)
            doors.hold_back(request)
            if not request.path.startswith(API_PREFIX):
                enter_workspace(request)
        refusal = doors.guard_back_office(request)
        response = refusal or self.get_response(request)
        browsers.remember(request, response)
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Show a declared Problem as a page; anything else is not ours to answer."""
        if not isinstance(problem, Problem) or request.path.startswith(API_PREFIX):
            return None
        context = {"problem": problem, "request_id": getattr(request, "request_id", "")}
        response = render(request, "accounts/problem.html", context, status=problem.status)
        for name, value in problem.headers.items():
            response.headers[name] = value
        return response

    def _has_session(self, request: HttpRequest) -> bool:
        return (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and "HTTP_AUTHORIZATION" not in request.META
        )


# Both functions write what no request class of Django declares; readers see accounts.requests.
def prepare(request: Any) -> None:
    """Give the request the empty answers that a visitor without a session has."""
    request.workspace = request.membership = request.impersonation = None
    request.mode = "live"
    request.role = request.actor = ""
    request.scopes = frozenset()
    request.check_door = partial(doors.check, request)


def enter_workspace(request: Any) -> None:
    """Put the session's workspace, mode and rights on the request. One query."""
    if not request.user.is_authenticated:
        return
    request.mode = request.session.get(sessions.MODE, "live")
    if impersonating.enter(request):
        return
    request.actor = f"user:{request.user.pk}"
    membership = queries.active_membership(request.user, request.session.get(sessions.WORKSPACE))
    if membership is None:
        return
    request.membership = membership
    request.workspace = membership.workspace
    request.role = membership.role
    request.scopes = membership.scopes
