"""The app configuration of telephony."""

from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    """Voice documents, engines and the gateway between them and calls."""

    name = "telephony"
