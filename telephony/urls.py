"""The addresses of telephony."""

from django.urls import path

from telephony import (
    api,
    api_conferences,
    api_control,
    api_rehearsal,
    api_sounds,
    api_webrtc,
    console,
    console_sounds,
    console_trial,
)

api_urls = [
    path("voice/validate", api.ValidateVoice.as_view(), name="voice-validate"),
    path("voice/sound-hosts", api_sounds.SoundHostList.as_view(), name="voice-sound-hosts"),
    path("voice/rehearse", api_rehearsal.RehearseVoice.as_view(), name="voice-rehearse"),
    path("calls/<str:call_id>/actions", api_control.CallActions.as_view(), name="call-actions"),
    path(
        "calls/<str:call_id>/supervision",
        api_control.CallSupervision.as_view(),
        name="call-supervision",
    ),
    path("conferences", api_conferences.Conferences.as_view(), name="conferences"),
    path("conferences/<str:room>", api_conferences.ConferenceDetail.as_view(), name="conference"),
    path(
        "conferences/<str:room>/commands",
        api_conferences.ConferenceCommands.as_view(),
        name="conference-commands",
    ),
    path("webrtc/token", api_webrtc.WebrtcToken.as_view(), name="webrtc-token"),
    path("sip/token", api_webrtc.SipToken.as_view(), name="sip-token"),
]

console_urls = [*console.urls, *console_sounds.urls, *console_trial.urls]
