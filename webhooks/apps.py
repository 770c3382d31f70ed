"""The app configuration of webhooks."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Customers' endpoints and what was delivered to them."""

    name = "webhooks"
