"""The /v1 door of webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.requests import Call
from kernel import events
from kernel.api import ApiView, parse
from kernel.clock import rfc3339
from kernel.errors import BadRequest
from kernel.idempotency import idempotent
from kernel.pagination import page, read_limit
from kernel.phrases import one_of
from kernel.shapes import PAGE_PARAMS
from webhooks import errors, queries, services, shapes
from webhooks.models import Attempt, Delivery, Endpoint, Replay
from webhooks.states import DELIVERY
from webhooks.subscriptions import expand


def endpoint_body(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "events": endpoint.events,
        "description": endpoint.description,
        "ordered": endpoint.ordered,
        "status": endpoint.status,
        "failing_since": rfc3339(endpoint.failing_since),
        "mode": endpoint.mode,
        "created_at": rfc3339(endpoint.created_at),
    }


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.id),
        "event_id": str(delivery.event.event_id),
        "event": delivery.event.kind,
        "sequence": delivery.event.sequence,
        "status": delivery.status,
        "attempts": delivery.attempts_count,
        "last_error": delivery.last_error or None,
        "next_attempt_at": rfc3339(delivery.next_attempt_at),
        "delivered_at": rfc3339(delivery.delivered_at),
        "created_at": rfc3339(delivery.created_at),
    }


def attempt_body(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "response_status": attempt.response_status,
        "error": attempt.error or None,
        "duration_ms": attempt.duration_ms,
        "timings": attempt.timings,
        "address": attempt.address or None,
        "request_headers": attempt.request_headers,
        "response_headers": attempt.response_headers,
        "response_body": attempt.response_body,
        "created_at": rfc3339(attempt.created_at),
    }


def replay_body(replay: Replay) -> dict[str, Any]:
    return {
        "id": str(replay.id),
        "webhook_id": str(replay.endpoint_id),
        "from": rfc3339(replay.from_at),
        "to": rfc3339(replay.to_at),
        "created_at": rfc3339(replay.created_at),
    }


class EndpointInput(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=2000)
    events = serializers.ListField(child=serializers.CharField(max_length=80), default=["*"])
    description = serializers.CharField(max_length=200, default="", allow_blank=True)
    ordered = serializers.BooleanField(default=False)


class EndpointChange(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=2000, required=False)
    events = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, min_length=1
    )
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ordered = serializers.BooleanField(required=False)
    paused = serializers.BooleanField(required=False)


class ReplayInput(serializers.Serializer[Any]):
    to = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of Python.
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class Endpoints(ApiView):
    """List the endpoints, or create one; the secret is in the reply once."""

    scope = {"GET": "webhooks.read", "POST": "webhooks.manage"}
    raises = {"POST": (errors.UrlInvalid, errors.EventUnsupported, errors.WebhookLimit)}
    inputs = {"POST": EndpointInput}
    params = {"GET": PAGE_PARAMS}
    outputs = {"GET": {200: shapes.ENDPOINTS}, "POST": {201: shapes.WITH_SECRET}}

    def get(self, request: Call) -> Response:
        """List the endpoints, newest first."""
        rows = queries.endpoints(request.workspace.id, request.mode)
        return Response(page(rows, request.query_params, endpoint_body))

    @idempotent(secret_fields=("secret",))
    def post(self, request: Call) -> Response:
        """Create an endpoint; its secret is in the reply once."""
        given = parse(request, EndpointInput)
        endpoint = services.create_endpoint(
            workspace_id=request.workspace.id,
            mode=request.mode,
            url=given["url"],
            event_names=given["events"],
            description=given["description"],
            ordered=given["ordered"],
            actor=request.actor,
        )
        body = {**endpoint_body(endpoint), "secret": endpoint.secret}
        return Response(body, status.HTTP_201_CREATED)


class OneEndpoint(ApiView):
    """Read, change or remove one endpoint."""

    scope = {"GET": "webhooks.read", "PATCH": "webhooks.manage", "DELETE": "webhooks.manage"}
    raises = {
        "GET": (errors.WebhookNotFound,),
        "PATCH": (errors.WebhookNotFound, errors.UrlInvalid, errors.EventUnsupported),
        "DELETE": (errors.WebhookNotFound,),
    }
    inputs = {"PATCH": EndpointChange}
    outputs = {
        "GET": {200: shapes.ENDPOINT},
        "PATCH": {200: shapes.ENDPOINT},
        "DELETE": {204: None},
    }

    def get(self, request: Call, endpoint_id: str) -> Response:
        """Read one endpoint."""
        return Response(endpoint_body(_endpoint(request, endpoint_id)))

    def patch(self, request: Call, endpoint_id: str) -> Response:
        """Change an endpoint, pause it or set it going again."""
        given = parse(request, EndpointChange)
        endpoint = services.change_endpoint(
            _endpoint(request, endpoint_id),
            url=given.get("url"),
            event_names=given.get("events"),
            description=given.get("description"),
            ordered=given.get("ordered"),
            is_paused=given.get("paused"),
            actor=request.actor,
        )
        return Response(endpoint_body(endpoint))

    def delete(self, request: Call, endpoint_id: str) -> Response:
        """Remove an endpoint; nothing more is sent to it."""
        services.delete_endpoint(_endpoint(request, endpoint_id), actor=request.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateSecret(ApiView):
    """Give the endpoint a new secret, shown once; the old one signs too for 24 hours."""

    scope = "webhooks.manage"
    raises = (errors.WebhookNotFound,)
    outputs = {"POST": {200: shapes.WITH_SECRET}}

    @idempotent(secret_fields=("secret",))
    def post(self, request: Call, endpoint_id: str) -> Response:
        endpoint = _endpoint(request, endpoint_id)
        secret = services.rotate_secret(endpoint, actor=request.actor)
        return Response({**endpoint_body(endpoint), "secret": secret})


class SendTest(ApiView):
    """Send a `webhook.test` event to one endpoint."""

    scope = "webhooks.manage"
    raises = (errors.WebhookNotFound,)
    outputs = {"POST": {202: shapes.SENT}}

    @idempotent()
    def post(self, request: Call, endpoint_id: str) -> Response:
        event = services.send_test(_endpoint(request, endpoint_id))
        return Response({"event_id": str(event.event_id)}, status.HTTP_202_ACCEPTED)


class Events(ApiView):
    """List every event of the workspace in order, for 30 days; the cursor is the sequence."""

    scope = "events.read"
    raises = (errors.EventUnsupported,)
    params = {"GET": shapes.EVENTS_PARAMS}
    outputs = {"GET": {200: shapes.EVENTS}}

    def get(self, request: Call) -> Response:
        query = request.query_params
        limit = read_limit(query.get("limit"))
        found = queries.events_after(
            request.workspace.id,
            request.mode,
            after=_sequence(query.get("after", "0")),
            kinds=expand(query["kind"]) if "kind" in query else (),
            limit=limit + 1,
        )
        data = [events.envelope(row) for row in found[:limit]]
        more = str(data[-1]["sequence"]) if len(found) > limit else None
        return Response({"data": data, "next_cursor": more})


class Deliveries(ApiView):
    """List what was sent to an endpoint, newest first; filter by `status`."""

    scope = "webhooks.read"
    raises = (errors.WebhookNotFound,)
    params = {"GET": shapes.DELIVERIES_PARAMS}
    outputs = {"GET": {200: shapes.DELIVERIES}}

    def get(self, request: Call, endpoint_id: str) -> Response:
        wanted = request.query_params.get("status", "")
        if wanted and wanted not in DELIVERY.states:
            raise BadRequest(fields=[("status", one_of(DELIVERY.states))])
        rows = queries.deliveries(_endpoint(request, endpoint_id), status=wanted)
        return Response(page(rows, request.query_params, delivery_body))


class OneDelivery(ApiView):
    """One delivery with every attempt."""

    scope = "webhooks.read"
    raises = (errors.WebhookNotFound, errors.DeliveryNotFound)
    outputs = {"GET": {200: shapes.DELIVERY_WITH_TRIES}}

    def get(self, request: Call, endpoint_id: str, delivery_id: str) -> Response:
        delivery = queries.access_delivery(_endpoint(request, endpoint_id), delivery_id)
        tries = [attempt_body(attempt) for attempt in delivery.attempts.all()]
        return Response({**delivery_body(delivery), "tries": tries})


class RetryDelivery(ApiView):
    """Try a dead or waiting delivery again now."""

    scope = "webhooks.manage"
    raises = (errors.WebhookNotFound, errors.DeliveryNotFound)
    outputs = {"POST": {202: shapes.DELIVERY}}

    @idempotent()
    def post(self, request: Call, endpoint_id: str, delivery_id: str) -> Response:
        delivery = queries.access_delivery(_endpoint(request, endpoint_id), delivery_id)
        services.retry_delivery(delivery)
        return Response(delivery_body(delivery), status.HTTP_202_ACCEPTED)


class ReplayEvents(ApiView):
    """Send every subscribed event of a range of time again, whether it was delivered or not."""

    scope = "webhooks.manage"
    raises = (errors.WebhookNotFound, errors.ReplayRange)
    inputs = {"POST": ReplayInput}
    outputs = {"POST": {202: shapes.REPLAY}}

    @idempotent()
    def post(self, request: Call, endpoint_id: str) -> Response:
        endpoint = _endpoint(request, endpoint_id)
        given = parse(request, ReplayInput)
        made = services.replay_events(endpoint, from_at=given["from"], to_at=given["to"])
        return Response(replay_body(made), status.HTTP_202_ACCEPTED)


def _sequence(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(fields=[("after", "must be the sequence of an event, or 0")])
    return int(text)


def _endpoint(request: Call, endpoint_id: str) -> Endpoint:
    return queries.access_endpoint(request.workspace.id, request.mode, endpoint_id)
