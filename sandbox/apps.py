"""The sandbox as a Django app: pages and one command, no tables."""

from django.apps import AppConfig


class SandboxApp(AppConfig):
    """Register the pages and the command under the label `sandbox`."""

    name = "sandbox"
    verbose_name = "Sandbox"
