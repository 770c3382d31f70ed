"""What every template may know of this installation."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """Return the addresses and switches that templates show."""
    return {
        "SANDBOX": settings.SANDBOX,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "LIVE_URL": settings.LIVE_URL,
    }
