"""The addresses of the calls doors."""

from __future__ import annotations

from django.urls import path

from calls import (
    api,
    api_limits,
    api_storage,
    api_uploads,
    console,
    console_limits,
    console_recordings,
    console_storage,
    media,
)

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
    path("storage/tier", api_storage.StorageTierView.as_view(), name="storage-tier"),
    path("uploads/audio", api_uploads.AudioUpload.as_view(), name="upload-audio"),
    path("wallet/limits", api_limits.Limits.as_view(), name="limits"),
    path("api-keys/<uuid:key_id>/limits", api_limits.KeyLimits.as_view(), name="key-limits"),
    path("do-not-call", api_limits.DoNotCallList.as_view(), name="do-not-call"),
    path("do-not-call/<str:e164>", api_limits.DoNotCallNumber.as_view(), name="do-not-call-one"),
]

# They stand under the wallet, which cannot know calls.
limits_urls = console_limits.urls
console_urls = [
    *console.urls,
    *console_storage.urls,
    *console_recordings.urls,
    path("recordings/<str:token>.<str:form>", media.recording_file, name="recording_file"),
    path("uploads/<str:token>.<str:form>", media.upload_file, name="upload_file"),
]
