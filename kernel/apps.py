"""The kernel's Django application."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "kernel"

    def ready(self) -> None:
        """Load what apps declare: errors, events, audit kinds, work and periodic handlers."""
        autodiscover_modules("errors", "events", "trail", "tasks", "subscribers", "people")
