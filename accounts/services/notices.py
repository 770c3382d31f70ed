"""What a person is told by mail about their own account, in their own language."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from accounts.models import User
from kernel import mail


def tell(user: User, headline: str | Promise, *, detail: str = "", path: str = "") -> None:
    """Mail a person what happened to their account, and where to look."""
    with translation.override(user.language or "en"):
        context: dict[str, object] = {
            "headline": str(headline),
            "detail": detail,
            "url": f"{settings.PUBLIC_URL}{path or '/settings/security'}",
        }
        mail.post(user.email, "account_notice", context)
