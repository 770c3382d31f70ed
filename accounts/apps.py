"""The app configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, workspaces, sign-in and API keys."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
