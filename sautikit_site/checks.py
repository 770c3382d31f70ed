"""System checks across settings, each with an id, a message and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def register() -> None:
    checks.register(no_sandbox_in_production)
    checks.register(proxies_are_named_in_production)


def no_sandbox_in_production(
    app_configs: Sequence[AppConfig] | None, **_options: object
) -> list[checks.CheckMessage]:
    """Refuse what stands in for the outside when PRODUCTION is on."""
    if not settings.PRODUCTION:
        return []
    wrong = [
        name for name in ("DEBUG", "SANDBOX", "ALLOW_PRIVATE_TARGETS") if getattr(settings, name)
    ]
    return [
        checks.Critical(
            f"{name} is on in production.",
            hint=f"Unset {name}, or unset PRODUCTION on a laptop.",
            id="site.E001",
        )
        for name in wrong
    ]


def proxies_are_named_in_production(
    app_configs: Sequence[AppConfig] | None, **_options: object
) -> list[checks.CheckMessage]:
    """Warn when a proxy must be there and is not named: all clients would share its address."""
    is_behind_one = settings.PRODUCTION and settings.PUBLIC_URL.startswith("https:")
    if not is_behind_one or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "TRUSTED_PROXIES is empty, but something in front of us must speak https.",
            hint="Name the proxy (127.0.0.1 on the same machine), or limits a client IP count it.",
            id="site.W001",
        )
    ]
