"""The `/v1/calls` door: place, read, list, count and end calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey
from calls import formats, queries, services, shapes
from calls.errors import (
    CallNotFound,
    CallsStopped,
    CostLimitTooLow,
    DestinationDenied,
    DoNotCallListed,
    OutsideMarketingHours,
    PriceTooHigh,
    RecordingExpired,
    RecordingNotFound,
)
from calls.models import DIRECTIONS, Call
from calls.services import announces_limits
from kernel import clock
from kernel.api import ApiView, parse
from kernel.errors import BadRequest, RateLimited
from kernel.idempotency import idempotent
from kernel.pagination import slice_rows
from numbers.errors import NumberSuspended
from wallet.errors import InsufficientBalance, LimitReached


class OneOrMany(serializers.ListField):
    """A list of texts that may also be written as one text."""

    shape: ClassVar = shapes.ONE_OR_MANY

    # DRF hands over whatever the JSON held.
    def to_internal_value(self, data: Any) -> list[str]:
        many: list[str] = super().to_internal_value([data] if isinstance(data, str) else data)
        return many


class PlaceCall(serializers.Serializer[Any]):
    """The body of POST /v1/calls."""

    to = OneOrMany(child=serializers.CharField(max_length=64, allow_blank=True), allow_empty=True)
    webhook_url = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    status_url = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    voice_callback_url = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    caller_id = serializers.CharField(max_length=64, required=False, allow_blank=True)
    client_request_id = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a Python keyword, so it cannot be declared as an attribute."""
        return {"from": serializers.CharField(max_length=64), **super().get_fields()}


class Calls(ApiView):
    """The calls of the workspace."""

    scope: ClassVar = {"GET": "calls.read", "POST": "calls.write"}
    raises: ClassVar = {
        "POST": (
            BadRequest,
            DestinationDenied,
            DoNotCallListed,
            OutsideMarketingHours,
            CallsStopped,
            PriceTooHigh,
            NumberSuspended,
            RateLimited,
            LimitReached,
            CostLimitTooLow,
            InsufficientBalance,
        )
    }
    inputs: ClassVar = {"POST": PlaceCall}
    params: ClassVar = {"GET": shapes.CALLS_PARAMS}
    outputs: ClassVar = {"GET": {200: shapes.CALLS}, "POST": {202: shapes.PLACED}}

    def get(self, request: Request) -> Response:
        """List calls, newest first."""
        rows = queries.list_calls(*_whose(request), **_filters(request))
        found, cursor = slice_rows(rows, request.query_params)
        events = queries.events_by_call(found)
        data = [queries.as_json(call, events=events[call.id]) for call in found]
        return Response({"data": data, "next_cursor": cursor})

    @announces_limits
    @idempotent()
    def post(self, request: Request) -> Response:
        """Place a call; answers before the far end does."""
        if isinstance(request.data, Mapping) and request.data.get("control") is not None:
            raise BadRequest(fields=[("control", "external control is not available")])
        body = parse(request, PlaceCall)
        workspace_id, mode = _whose(request)
        call = services.place_call(
            workspace_id=workspace_id,
            mode=mode,
            from_e164=body["from"],
            to=body["to"],
            webhook_url=body.get("webhook_url") or body.get("status_url", ""),
            voice_callback_url=body.get("voice_callback_url", ""),
            caller_id=body.get("caller_id", ""),
            client_request_id=body.get("client_request_id"),
            api_key_id=request.auth.id if isinstance(request.auth, ApiKey) else None,
        )
        return Response(_placed(call), status=202)


class CallDetail(ApiView):
    """One call, by UUID or session id."""

    scope = "calls.read"
    raises = (CallNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.ONE_CALL}}

    def get(self, request: Request, call_id: str) -> Response:
        """Read a call with its time line."""
        call = queries.access_call(*_whose(request), call_id)
        body = queries.as_json(call, events=queries.events_of(call.id))
        mirrored = ("id", "session_id", "status", "duration_seconds", "cost_minor")
        mirror = {name: body[name] for name in mirrored}
        return Response({"call": body, **mirror, "duration": body["duration_seconds"]})


class CallEvents(ApiView):
    """The time line of one call."""

    scope = "calls.read"
    raises = (CallNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.EVENTS}}

    def get(self, request: Request, call_id: str) -> Response:
        """List everything that happened in the call, oldest first."""
        call = queries.access_call(*_whose(request), call_id)
        rows = queries.events_of(call.id)
        return Response({"data": [queries.event_as_json(row) for row in rows], "next_cursor": None})


class CallHangup(ApiView):
    """The end of one call."""

    scope = "calls.write"
    raises = (CallNotFound,)
    outputs: ClassVar = {"POST": {200: shapes.HUNG_UP}}

    @idempotent()
    def post(self, request: Request, call_id: str) -> Response:
        """Hang up; a call that is over already is fine."""
        call = queries.access_call(*_whose(request), call_id)
        services.hang_up(call)
        return Response({"call_id": str(call.id), "status": "hung_up"})


class CallRecording(ApiView):
    """The recording of one call."""

    scope = "recordings.read"
    raises = (BadRequest, CallNotFound, RecordingNotFound, RecordingExpired)
    params: ClassVar = {"GET": shapes.RECORDING_PARAMS}
    outputs: ClassVar = {"GET": {302: None, 202: shapes.RECORDING_PENDING}}

    def get(self, request: Request, call_id: str) -> Response:
        """Fetch the newest recording: 302 leads to its sound for 15 minutes, without your key;
        202 while the call is still recorded, the file is being stored or another format made.
        """
        form = formats.wanted(request.query_params.get("format"), request.headers.get("Accept", ""))
        call = queries.access_call(*_whose(request), call_id)
        recording = queries.current_recording(call)
        if recording.is_pending or not services.has_form(recording, form):
            seconds = queries.retry_after_seconds(recording)
            body = {"status": "pending", "retry_after_seconds": seconds}
            return Response(body, status=202, headers={"Retry-After": str(seconds)})
        link = services.open_recording(recording, form=form, **_who(request))
        return Response(status=302, headers={"Location": link})


class CallRecordings(ApiView):
    """Every recording of one call."""

    scope = "recordings.read"
    raises = (CallNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.RECORDINGS}}

    def get(self, request: Request, call_id: str) -> Response:
        """List the recordings of a call, oldest first; gone ones stay and say why."""
        call = queries.access_call(*_whose(request), call_id)
        rows = [queries.recording_as_json(row) for row in queries.recordings_of(call)]
        return Response({"data": rows, "next_cursor": None})


class RecordingDetail(ApiView):
    """One recording."""

    scope = "storage.manage"
    raises = (RecordingNotFound,)
    outputs: ClassVar = {"DELETE": {204: None}}

    def delete(self, request: Request, recording_id: UUID) -> Response:
        """Delete a recording for ever; one that is gone already is fine."""
        recording = queries.access_recording(*_whose(request), str(recording_id))
        services.delete_recording(recording, **_who(request))
        return Response(status=204)


class CallStatistics(ApiView):
    """The numbers of a dashboard."""

    scope = "calls.read"
    params: ClassVar = {"GET": shapes.STATISTICS_PARAMS}
    outputs: ClassVar = {"GET": {200: shapes.STATISTICS}}

    def get(self, request: Request) -> Response:
        """Count and price the ended calls of a window."""
        since = queries.since_of(request.query_params.get("since", "today"))
        if since is None:
            raise BadRequest(fields=[("since", "must be today, 7d, month or a time")])
        bucket = request.query_params.get("bucket")
        if bucket not in (None, "hour", "day"):
            raise BadRequest(fields=[("bucket", "must be hour or day")])
        if (queries.buckets_in(since, bucket or "day")) > queries.BUCKETS_MAX:
            raise BadRequest(fields=[("since", "is too far back for this bucket")])
        buckets = queries.statistics(*_whose(request), since=since, bucket=bucket or "day")
        body = queries.statistics_as_json(
            buckets, currency=_currency(request), with_series=bucket is not None
        )
        return Response(body)


def _whose(request: Request) -> tuple[UUID, str]:
    """Read what authentication put on the request."""
    return request.workspace.id, request.mode  # type: ignore[attr-defined]


def _who(request: Request) -> dict[str, str]:
    """Name the caller for the audit log."""
    return {
        "actor": request.actor,  # type: ignore[attr-defined]
        "request_id": getattr(request._request, "request_id", ""),
    }


def _currency(request: Request) -> str:
    currency: str = request.workspace.currency  # type: ignore[attr-defined]
    return currency


# The shape is the contract's reply.
def _placed(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {
        "call_id": str(call.id),
        "pbx_session_id": call.session_id,
        "session_id": call.session_id,
        "status": call.status,
        "stream_url": queries.stream_url(call),
    }
    if call.client_request_id is not None:
        body["client_request_id"] = call.client_request_id
    return body


# The filters are those of queries.list_calls.
def _filters(request: Request) -> dict[str, Any]:
    query = request.query_params
    statuses = [status for status in query.get("status", "").split(",") if status]
    if unknown := set(statuses) - set(queries.ALL_STATUSES):
        raise BadRequest(fields=[("status", f"{sorted(unknown)[0]!r} is not a status")])
    direction = query.get("direction", "")
    if direction and direction not in DIRECTIONS:
        raise BadRequest(fields=[("direction", "must be inbound or outbound")])
    return {
        "statuses": statuses,
        "direction": direction,
        "q": query.get("q", "")[:64],
        "session_id": query.get("session_id", ""),
        "since": _moment(request, "from"),
        "until": _moment(request, "to"),
    }


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    moment = clock.moment_of(text)
    if moment is None:
        raise BadRequest(fields=[(name, "must be an RFC 3339 time or unix seconds")])
    return moment
