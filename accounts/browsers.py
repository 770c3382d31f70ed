"""Known browsers: a person is told by mail when a new one signs in to their account."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import second_step, sessions
from accounts.models import Browser, User
from accounts.services.notices import tell
from accounts.templatetags.team import browser_name
from kernel import signing
from kernel.client_ip import client_ip


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Hold a session back that came around the second step, and notice a new browser."""
    if not sessions.has_second_step(request, user) and second_step.is_enrolled(user):
        request.session[sessions.SECOND_STEP_DUE] = True
    _notice(request, user)


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Send the cookie of a browser that signed in for the first time, and the person's language."""
    if found := getattr(request, "new_browser", ""):
        _send(response, settings.BROWSER_COOKIE_NAME, found, is_secret=True)
    if found := getattr(request, "new_language", ""):
        _send(response, settings.LANGUAGE_COOKIE_NAME, found, is_secret=False)


# The request keeps what its answer will carry.
def _notice(request: Any, user: User) -> None:
    request.new_language = user.language
    cookie = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    if not cookie:
        cookie = request.new_browser = secrets.token_urlsafe(24)
    digest = signing.keyed_hash(settings.PEPPER, "browser", cookie)
    with transaction.atomic():
        is_first = not Browser.objects.filter(user=user).exists()
        _row, is_new = Browser.objects.get_or_create(user=user, digest=digest)
        if is_new and not is_first:
            _tell(request, user)


def _tell(request: HttpRequest, user: User) -> None:
    agent = request.headers.get("User-Agent", "")
    with translation.override(user.language or "en"):
        facts = {"browser": browser_name(agent), "ip": client_ip(request)}
        tell(
            user,
            _("A new browser signed in to your account"),
            detail=_("%(browser)s, from the address %(ip)s.") % facts,
            path="/settings/sessions",
        )


def _send(response: HttpResponse, name: str, value: str, *, is_secret: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=settings.BROWSER_COOKIE_AGE,
        httponly=is_secret,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
