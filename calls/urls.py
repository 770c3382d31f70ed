"""The addresses of the calls doors."""

from __future__ import annotations

from django.urls import path

from calls import api, console, media

api_urls = [
    path("calls", api.Calls.as_view(), name="calls"),
    path("calls/originate", api.Calls.as_view(http_method_names=["post", "options"])),
    path("calls/stats", api.CallStatistics.as_view(), name="call-stats"),
    path("calls/<str:call_id>", api.CallDetail.as_view(), name="call"),
    path("calls/<str:call_id>/events", api.CallEvents.as_view(), name="call-events"),
    path("calls/<str:call_id>/recording", api.CallRecording.as_view(), name="call-recording"),
    path("calls/<str:call_id>/recordings", api.CallRecordings.as_view(), name="call-recordings"),
    path("recordings/<uuid:recording_id>", api.RecordingDetail.as_view(), name="recording"),
    path("calls/<str:call_id>/hangup", api.CallHangup.as_view(), name="call-hangup"),
]

console_urls = [
    *console.urls,
    path("recordings/<str:token>.wav", media.recording_file, name="recording_file"),
]
