"""The addresses of telephony."""

from django.urls import path

from telephony import api, api_webrtc

api_urls = [
    path("voice/validate", api.ValidateVoice.as_view(), name="voice-validate"),
    path("webrtc/token", api_webrtc.WebrtcToken.as_view(), name="webrtc-token"),
    path("sip/token", api_webrtc.SipToken.as_view(), name="sip-token"),
]
