"""The addresses of telephony."""

from django.urls import path

from telephony import api

api_urls = [path("voice/validate", api.ValidateVoice.as_view(), name="voice-validate")]
