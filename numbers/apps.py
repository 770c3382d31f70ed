"""The app configuration of numbers."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    """Inventory, claims, routing and rentals."""

    name = "numbers"
    default_auto_field = "django.db.models.BigAutoField"
