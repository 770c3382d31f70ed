"""The addresses of the calls doors."""

from __future__ import annotations

from django.urls import path

from calls import api, console

api_urls = [
    path("calls", api.Calls.as_view(), name="calls"),
    path("calls/originate", api.Calls.as_view(http_method_names=["post", "options"])),
    path("calls/stats", api.CallStatistics.as_view(), name="call-stats"),
    path("calls/<str:call_id>", api.CallDetail.as_view(), name="call"),
    path("calls/<str:call_id>/events", api.CallEvents.as_view(), name="call-events"),
    path("calls/<str:call_id>/hangup", api.CallHangup.as_view(), name="call-hangup"),
]

console_urls = console.urls
