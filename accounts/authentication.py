"""Who calls /v1: a bearer key, else the console's session under its own rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import queries, roles
from accounts.doors import SAFE_METHODS, lacks_second_step, role_problem, workspace_problem
from accounts.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyRevoked,
    CrossSite,
    NoWorkspace,
    ScopeDenied,
    SessionInvalid,
)
from accounts.middleware import enter_workspace
from accounts.models import ApiKey, User
from accounts.person_errors import SecondStepRequired
from accounts.requests import Call
from accounts.services import keys
from kernel import clock, limits
from kernel.errors import UnsupportedMediaType
from kernel.request_log import Caller

TOUCH_AFTER = timedelta(minutes=1)


class Credential(BaseAuthentication):
    """Sets `user auth workspace mode scopes actor role` and refuses in the contract's order.

    Authentication, then workspace, then scope. A view with `public = True` is not asked at all.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey | None] | None:
        view = request.parser_context["view"]
        if getattr(view, "public", False):
            return None
        call = cast(Call, request)
        found = self._find(call, view)
        self._check_workspace(call, view)
        self._check_scope(call, view, key=found[1])
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    # The view is any DRF view; one may say in its own words that a session is missing.
    def _find(self, request: Call, view: Any) -> tuple[User, ApiKey | None]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header:
            return by_key(request, header)
        try:
            return by_session(request), None
        except SessionInvalid:
            raise getattr(view, "unsigned", SessionInvalid)() from None

    # The view is any DRF view; ours declare what they need.
    def _check_workspace(self, request: Call, view: Any) -> None:
        if not getattr(view, "needs_workspace", True):
            return
        workspace = request.workspace
        if workspace is None:
            raise NoWorkspace()
        if workspace.is_suspended and request.method not in SAFE_METHODS:
            raise workspace_problem(workspace)
        if not request.META.get("HTTP_AUTHORIZATION") and lacks_second_step(request._request):
            raise SecondStepRequired()

    def _check_scope(self, request: Call, view: Any, *, key: ApiKey | None) -> None:
        needed = view.required_scope(request.method) if hasattr(view, "required_scope") else ""
        if not needed or needed in request.scopes:
            return
        if key is not None:
            raise ScopeDenied(scope=needed)
        raise role_problem(request.role)


def by_key(request: Call, header: str) -> tuple[User, ApiKey]:
    """Accept a bearer key: one query, and one more a minute to remember its use.

    Raises ApiKeyInvalid, ApiKeyExpired, ApiKeyRevoked and RateLimited.
    """
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not keys.is_well_formed(secret.strip()):
        raise ApiKeyInvalid()
    found = queries.key_by_digest(keys.digest(secret.strip()))
    if found is None:
        raise ApiKeyInvalid()
    key, role = found.key, found.role
    # Before anything refuses it: what became of a revoked key is in the log too.
    request._request.caller = Caller(key.workspace_id, key.mode, key.id)  # type: ignore[attr-defined]
    moment = clock.now()
    _check_alive(key, role, moment)
    _limit(request, key)
    _remember(key, moment)
    request.workspace = key.workspace
    request.mode = key.mode
    request.balance = found.balance
    request.role = role or ""
    request.scopes = roles.key_scopes(own=key.scopes, role=role)
    request.actor = f"key:{key.id}"
    return key.created_by, key


def by_session(request: Call) -> User:
    """Accept the cookie from our own pages only. Raises SessionInvalid, CrossSite and others."""
    page = request._request
    if not page.user.is_authenticated:
        raise SessionInvalid()
    if request.method not in SAFE_METHODS:
        check_same_origin(request)
    enter_workspace(page)
    user: User = page.user
    return user


def check_same_origin(request: Call) -> None:
    """Refuse a changing request that another site's page could have made."""
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType()
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CrossSite()
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _own_origins(request):
        raise CrossSite()


def _own_origins(request: Call) -> set[str]:
    public = urlsplit(settings.PUBLIC_URL)
    return {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.get_host()}"}


def _check_alive(key: ApiKey, role: str | None, moment: datetime) -> None:
    if key.expires_at is not None and key.expires_at <= moment:
        raise ApiKeyExpired()
    # A maker who left the workspace has no role, and their keys die with it.
    if key.revoked_at is not None or role is None or not key.created_by.is_active:
        raise ApiKeyRevoked()


def _limit(request: Call, key: ApiKey) -> None:
    verdict = limits.require(
        f"key:{key.id}",
        rate_per_second=settings.API_KEY_REQUESTS_PER_SECOND,
        burst=settings.API_KEY_BURST,
    )
    request._request.limit_headers = verdict.headers()  # type: ignore[attr-defined]


def _remember(key: ApiKey, moment: datetime) -> None:
    if key.last_used_at is None or key.last_used_at < moment - TOUCH_AFTER:
        keys.touch_api_key(key.id, moment, moment - TOUCH_AFTER)
