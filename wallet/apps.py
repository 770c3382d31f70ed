"""The app configuration of the wallet."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Money: one wallet per workspace and mode, and every shilling that moves through it."""

    name = "wallet"
    default_auto_field = "django.db.models.BigAutoField"
