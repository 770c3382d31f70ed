"""The site: settings that meet the kernel, and checks across settings."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Wires what only the site knows."""

    name = "sautikit_site"
    verbose_name = "Site"

    def ready(self) -> None:
        """Hand the outbound policy to the kernel and register the system checks."""
        from django.conf import settings

        # Whoever publishes needs the application, not only the worker.
        import sautikit_site.celery  # noqa: F401
        from kernel import http
        from sautikit_site import checks

        http.configure(http.Policy(allow_loopback=settings.ALLOW_PRIVATE_TARGETS))
        checks.register()
