"""The sk_session: what it holds, how long it lives, and how a sign-in fills it."""

from __future__ import annotations

import secrets
import time

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from accounts.services import SignIn
from kernel import clock
from kernel.client_ip import client_ip

BROWSER = "signin_browser"
TOKEN = "signin_token"  # noqa: S105 - the name of a session entry
EMAIL = "signin_email"
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
PROVED_AT = "proved_at"
# Whose second step was proven in this session, and that it is still to be proven.
SECOND_STEP = "second_step"
SECOND_STEP_DUE = "second_step_due"
WORKSPACE = "workspace_id"
MODE = "mode"
USER_AGENT_MAX = 200
AFTER_SIGN_IN = "/overview"
ONBOARDING = "/onboarding"
# Somebody invited joins a workspace instead of opening one.
INVITATIONS = "/invitations/"


def browser_of(request: HttpRequest) -> str:
    """Return the secret that ties sign-in codes to this browser; make it at the first use."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(24)
    browser: str = request.session[BROWSER]
    return browser


def local_path(url: str) -> str:
    """Return the URL if it is a path of this site, else nothing."""
    is_path = url.startswith("/") and not url.startswith("//")
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=False)
    return url if is_path and safe and len(url) <= 500 else ""


def enter(request: HttpRequest, sign_in: SignIn, *, method: str = "magic_link") -> HttpResponse:
    """Sign the winner in through allauth's stages; the session gets a new key.

    A person with a second step is led to it and has no session before it is proven.
    """
    user = sign_in.user
    target = sign_in.next_url or AFTER_SIGN_IN
    if not user.memberships.exists() and not target.startswith(INVITATIONS):
        target = ONBOARDING
    record_authentication(request, user, method=method, email=user.email)
    response: HttpResponse = perform_login(
        request, user, email=user.email, signup=sign_in.created, redirect_url=target
    )
    for name in (TOKEN, EMAIL, BROWSER):
        request.session.pop(name, None)
    moment = int(time.time())
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = moment
    request.session[PROVED_AT] = moment
    return response


def has_second_step(request: HttpRequest, user: User) -> bool:
    """Tell whether this session has proven the person's second step."""
    proven: str = request.session.get(SECOND_STEP, "")
    return proven == str(user.pk)


def proved_second_step(request: HttpRequest, user: User) -> None:
    """Remember in the session that the second step was proven now."""
    request.session[SECOND_STEP] = str(user.pk)
    request.session.pop(SECOND_STEP_DUE, None)
    proved(request)


def forget_second_step(request: HttpRequest) -> None:
    """Take back what the session says of a second step that is gone."""
    request.session.pop(SECOND_STEP, None)


def proved(request: HttpRequest) -> None:
    """Remember in the session that the person has just shown who they are."""
    request.session[PROVED_AT] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the person has shown lately who they are."""
    begun = request.session.get(SIGNED_IN_AT, 0)
    shown: int = request.session.get(PROVED_AT, begun)
    return time.time() - shown < settings.PROOF_LASTS.total_seconds()


def end_sessions(user: User, *, but: str = "") -> int:
    """Sign a person out of every browser, or of all but one; return how many."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=but)
    count = len(rows)
    for row in rows:
        row.end()
    return count


def keep_alive(request: HttpRequest) -> None:
    """End a session past its longest life; push back its idle end at most every few minutes."""
    if not request.user.is_authenticated:
        return
    moment = int(time.time())
    # A session that did not begin here (an operator's, a test's) starts its life now.
    begun = request.session.setdefault(SIGNED_IN_AT, moment)
    if moment - begun > settings.SESSION_LIFE_SECONDS:
        logout(request)
        return
    if moment - request.session.get(SEEN_AT, 0) > settings.SESSION_TOUCH_SECONDS:
        request.session[SEEN_AT] = moment
        _remember(request)


def _remember(request: HttpRequest) -> None:
    """Keep the list of a person's sessions true: from where, with what, when last."""
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user_id": request.user.pk,
            "ip": client_ip(request) or "0.0.0.0",
            "user_agent": request.headers.get("User-Agent", "")[:USER_AGENT_MAX],
            "last_seen_at": clock.now(),
        },
    )
