"""System checks across settings, each with an id, a message and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def register() -> None:
    checks.register(no_sandbox_in_production)


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
