"""The /v1 door of listeners: what `sautikit listen` and `sautikit trigger` speak with."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import Any

from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.errors import ScopeDenied
from accounts.requests import Call
from kernel.api import ApiView, parse
from kernel.clock import rfc3339
from kernel.errors import BadRequest
from kernel.idempotency import idempotent
from webhooks import errors, queries, relayed, services, shapes
from webhooks.models import Listener

BEAT_SECONDS = 2
ANSWER_BYTES_MAX = 100 * 1024
VOICE_SCOPE = "calls.write"


def listener_body(listener: Listener) -> dict[str, Any]:
    return {
        "id": str(listener.id),
        "label": listener.label,
        "events": listener.events,
        "voice_url": listener.voice_url or None,
        "mode": listener.mode,
        "lease_until": rfc3339(listener.lease_until),
        "created_at": rfc3339(listener.created_at),
    }


class ListenerInput(serializers.Serializer[Any]):
    events = serializers.ListField(child=serializers.CharField(max_length=80), default=["*"])
    voice_url = serializers.CharField(max_length=2000, default="", allow_blank=True)
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]  # DRF takes it away.

    def validate_voice_url(self, text: str) -> str:
        # Only the laptop ever resolves it, so any host name it knows will do.
        if text and not re.fullmatch(r"https?://[^/?#\s]+[^\s]*", text):
            raise serializers.ValidationError("must begin with http:// or https:// and name a host")
        return text


class AnswerInput(serializers.Serializer[Any]):
    status = serializers.IntegerField(min_value=0, max_value=599, default=0)
    headers = serializers.DictField(child=serializers.CharField(allow_blank=True), default=dict)
    body = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=ANSWER_BYTES_MAX
    )
    truncated = serializers.BooleanField(default=False)
    error = serializers.CharField(default="", allow_blank=True, max_length=500)
    sent = serializers.BooleanField(default=True)

    def validate_body(self, text: str) -> str:
        try:
            b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError("must be base64") from None
        return text

    # The values are those of the fields.
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["error"] and not attrs["status"]:
            raise serializers.ValidationError({"status": "is needed unless there is an error"})
        return attrs


class ResendInput(serializers.Serializer[Any]):
    event_id = serializers.CharField(max_length=40, default="")
    event = serializers.CharField(max_length=80, default="")

    # The values are those of the fields.
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs["event_id"]) == bool(attrs["event"]):
            raise serializers.ValidationError({"event_id": "give either this or `event`"})
        return attrs


class TriggerInput(serializers.Serializer[Any]):
    event = serializers.CharField(max_length=80)


class Listeners(ApiView):
    """List the listeners that are there, or open one; it needs an API key."""

    scope = {"GET": "events.read", "POST": "events.read"}
    raises = {
        "POST": (errors.EventUnsupported, errors.ListenerTestOnly, errors.ListenerLimit),
    }
    inputs = {"POST": ListenerInput}
    outputs = {"GET": {200: shapes.LISTENERS}, "POST": {201: shapes.OPENED_LISTENER}}

    def get(self, request: Call) -> Response:
        """List the listeners that are there now, newest first."""
        rows = queries.listeners(request.workspace.id, request.mode).order_by("-created_at")
        return Response({"data": [listener_body(row) for row in rows]})

    @idempotent(secret_fields=("secret", "stream_url"))
    def post(self, request: Call) -> Response:
        """Open a listener for a laptop: connect to `stream_url`, and POST to `beat` while you are there.

        With a `voice_url` the key needs `calls.write` too, and the voice documents of the workspace
        and mode come from there while the listener is the newest one.
        """
        given = parse(request, ListenerInput)
        if request.auth is None:
            raise BadRequest("A listener is opened with an API key.")
        if given["voice_url"] and VOICE_SCOPE not in request.scopes:
            raise ScopeDenied(scope=VOICE_SCOPE)
        listener = services.open_listener(
            request.auth,
            event_names=given["events"],
            voice_url=given["voice_url"],
            label=given["label"],
        )
        body = {
            **listener_body(listener),
            "secret": relayed.secret_of(listener.api_key_id),
            "stream_url": queries.listener_stream_url(listener),
            "beat_seconds": BEAT_SECONDS,
        }
        return Response(body, status.HTTP_201_CREATED)


class OneListener(ApiView):
    """Close a listener; its stream ends."""

    scope = "events.read"
    raises = (errors.ListenerNotFound,)
    outputs = {"DELETE": {204: None}}

    def delete(self, request: Call, listener_id: str) -> Response:
        """Close a listener of this key; its stream ends and calls no longer wait for it."""
        services.close_listener(queries.access_listener(request.auth, listener_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Beat(ApiView):
    """Say that the laptop is still there; without this calls stop to wait for it within seconds."""

    scope = "events.read"
    raises = (errors.ListenerNotFound,)
    outputs = {"POST": {204: None}}

    def post(self, request: Call, listener_id: str) -> Response:
        services.beat_listener(queries.access_listener(request.auth, listener_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Answer(ApiView):
    """Hand back what the local server answered to a voice callback; too late is harmless."""

    scope = VOICE_SCOPE
    raises = (errors.ListenerNotFound, errors.EventNotFound)
    inputs = {"POST": AnswerInput}
    outputs = {"POST": {204: None}}

    def post(self, request: Call, listener_id: str, relayed_id: str) -> Response:
        given = parse(request, AnswerInput)
        listener = queries.access_listener(request.auth, listener_id)
        services.answer_relayed(queries.access_relayed(listener, relayed_id), given)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Resend(ApiView):
    """Send one event of the log, or the sample of one, down this listener alone."""

    scope = "events.read"
    raises = (
        errors.ListenerNotFound,
        errors.EventNotFound,
        errors.EventUnsupported,
        errors.SampleTestOnly,
    )
    inputs = {"POST": ResendInput}
    outputs = {"POST": {202: shapes.TRIGGERED}}

    def post(self, request: Call, listener_id: str) -> Response:
        given = parse(request, ResendInput)
        listener = queries.access_listener(request.auth, listener_id)
        if given["event"]:
            row = services.send_sample(listener, given["event"])
        else:
            event = queries.access_event(listener.workspace_id, listener.mode, given["event_id"])
            row = services.resend_event(listener, event)
        return Response({"event_id": row.request["event_id"]}, status.HTTP_202_ACCEPTED)


class Trigger(ApiView):
    """Put the sample of an event into the log: it is delivered like one that happened. Test keys only."""

    scope = "webhooks.manage"
    raises = (errors.EventUnsupported, errors.SampleTestOnly)
    inputs = {"POST": TriggerInput}
    outputs = {"POST": {202: shapes.TRIGGERED}}

    @idempotent()
    def post(self, request: Call) -> Response:
        given = parse(request, TriggerInput)
        event = services.trigger_event(
            workspace_id=request.workspace.id, mode=request.mode, name=given["event"]
        )
        return Response({"event_id": str(event.event_id)}, status.HTTP_202_ACCEPTED)
