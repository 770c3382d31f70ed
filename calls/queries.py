"""Reads of calls: one call, its time line, lists, and the numbers of a dashboard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse

from accounts.models import ApiKey
from calls import basis
from calls.errors import CallNotFound, RecordingExpired, RecordingNotFound
from calls.models import Call, CallEvent, Recording, Transcript
from calls.states import CALL, LIVE
from kernel import clock
from kernel.ids import is_uuid
from kernel.literals import one_of
from kernel.money import div_half_up
from kernel.rows import Lookup
from kernel.signing import make_token, read_token

STREAM_TTL = timedelta(minutes=15)
FAILED_STATUSES = ("failed", "no_answer", "busy", "canceled")
BUCKETS_MAX = 1000
# A link for a person lasts a quarter of an hour; one in an event or a callback waits in a queue.
RECORDING_TTL = timedelta(minutes=15)
RECORDING_LINK = timedelta(hours=1)
PENDING_SECONDS = 2
CAPTURING_SECONDS = 10
GONE = {
    "deleted": "it was deleted",
    "expired": "it was kept as long as recordings are",
    "lost": "it was lost before it could be stored",
}
FINAL_EVENTS = ("call.completed", "call.failed")
_RECORDINGS = Lookup(lambda call: Recording.objects.select_related("transcript").filter(call=call))


def access_call(workspace_id: UUID, mode: str, key: str) -> Call:
    """Return a call by its UUID or `HD_…` session id; raises CallNotFound."""
    rows = Call.objects.filter(workspace_id=workspace_id, mode=mode)
    by = {"pk": key} if is_uuid(key) else {"session_id": key}
    call = rows.filter(**by).first()
    if call is None:
        raise CallNotFound
    return call


def list_calls(
    workspace_id: UUID,
    mode: str,
    *,
    statuses: list[str] | None = None,
    direction: str = "",
    q: str = "",
    session_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Call]:
    """Return the calls of a workspace and mode that match every given filter."""
    rows = Call.objects.filter(workspace_id=workspace_id, mode=mode)
    if statuses:
        rows = rows.filter(status__in=statuses)
    if direction:
        rows = rows.filter(direction=direction)
    if session_id:
        rows = rows.filter(session_id=session_id)
    if q:
        rows = _found(rows, q)
    if since:
        rows = rows.filter(created_at__gte=since)
    if until:
        rows = rows.filter(created_at__lt=until)
    return rows


def _found(rows: QuerySet[Call], q: str) -> QuerySet[Call]:
    """Keep the calls whose far end begins or ends with these digits, or whose session begins so.

    An index knows both ends of a number, so a long history is searched as fast as a short one.
    """
    digits = q.removeprefix("+")
    if digits.isdecimal():
        ends = Q(remote_e164__startswith=f"+{digits}") | Q(backwards__startswith=digits[::-1])
        return rows.alias(backwards=Reverse("remote_e164")).filter(ends)
    return rows.filter(session_id__startswith=f"HD_{q.lower().removeprefix('hd_')}")


def events_of(call_id: UUID, *, after: int = 0) -> list[CallEvent]:
    """Return the time line from the row after the given number, oldest first."""
    return list(CallEvent.objects.filter(call_id=call_id, number__gt=after).order_by("number"))


def events_by_call(calls: list[Call]) -> dict[UUID, list[CallEvent]]:
    """Return the time lines of some calls in one query."""
    found: dict[UUID, list[CallEvent]] = {call.id: [] for call in calls}
    for event in CallEvent.objects.filter(call_id__in=found).order_by("call_id", "number"):
        found[event.call_id].append(event)
    return found


IS_LIVE = one_of("status", LIVE)


def live_calls(workspace_id: UUID, mode: str) -> QuerySet[Call]:
    """Return the calls that ring or talk, found by their own index."""
    return Call.objects.filter(IS_LIVE, workspace_id=workspace_id, mode=mode)


# The shape is the contract's call object.
def as_json(call: Call, *, events: list[CallEvent] | None = None) -> dict[str, Any]:
    """Return the wire form of a call, with its time line when that is given."""
    body: dict[str, Any] = {
        "id": str(call.id),
        "workspace_id": str(call.workspace_id),
        "session_id": call.session_id,
        "mode": call.mode,
        "direction": call.direction,
        "purpose": call.purpose or "conversation",
        "local_e164": call.local_e164,
        "remote_e164": call.remote_e164,
        "country": call.country,
        "started_at": clock.rfc3339(call.started_at),
        "answered_at": clock.rfc3339(call.answered_at),
        "ended_at": clock.rfc3339(call.ended_at),
        "duration_seconds": call.duration_seconds,
        "status": call.status,
        "cost_minor": call.cost_minor,
        "cost_currency": call.cost_currency,
        "rate_per_minute_minor": call.rate_minor_per_minute,
        "billing": basis.of(call) if call.cost_minor else None,
        "parent_call_id": str(call.parent_id) if call.parent_id else None,
        "failure_code": call.failure_code,
        "hangup_cause": call.hangup_cause,
        "client_request_id": call.client_request_id,
        "metadata": call.metadata,
        "created_at": clock.rfc3339(call.created_at),
        "updated_at": clock.rfc3339(call.updated_at),
    }
    if events is not None:
        body["events"] = [event_as_json(event) for event in events]
    return body


# The payload is whatever the time line holds.
def event_as_json(event: CallEvent) -> dict[str, Any]:
    """Return the wire form of a time-line row."""
    return {
        "id": str(event.id),
        "call_id": str(event.call_id),
        "number": event.number,
        "kind": event.kind,
        "payload": event.payload,
        "occurred_at": clock.rfc3339(event.occurred_at),
        "created_at": clock.rfc3339(event.created_at),
    }


# The payload is whatever the time line holds.
def stream_envelope(event: CallEvent, workspace_id: UUID) -> dict[str, Any]:
    """Return a time-line row as the envelope of events, with typed digits shown as a count."""
    return {
        "event": event.kind,
        "kind": event.kind,
        "event_id": str(event.id),
        "workspace_id": str(workspace_id),
        "occurred_at": clock.rfc3339(event.occurred_at),
        "call_sequence": event.number,
        "data": masked(event.payload),
    }


# The payload is whatever the time line holds.
def masked(payload: dict[str, Any]) -> dict[str, Any]:
    """Replace typed digits with how many there were."""
    shown = {name: value for name, value in payload.items() if name not in ("digits", "digit")}
    if "digits" in payload:
        shown["digits_count"] = len(str(payload["digits"]))
    if "digit" in payload:
        shown["digits_count"] = 1
    return shown


def stream_token(call: Call) -> str:
    """Return the credential that reads the live stream of this one call."""
    return make_token(settings.PEPPER, str(call.id), call.mode)


def stream_url(call: Call) -> str:
    return f"{settings.LIVE_URL}/v1/calls/{call.id}/stream?token={stream_token(call)}"


def call_of_stream(call_id: str, token: str) -> Call | None:
    """Return the call a stream token opens, or None once it is dead.

    It dies fifteen minutes after the end of the call, or with the key that made the call.
    """
    parts = read_token(settings.PEPPER, token)
    if parts is None or len(parts) != 2 or parts[0] != call_id:
        return None
    call = Call.objects.filter(pk=parts[0], mode=parts[1]).select_related("api_key").first()
    if call is None or (call.ended_at and call.ended_at + STREAM_TTL < clock.now()):
        return None
    return None if call.api_key and _is_dead(call.api_key) else call


def recordings_of(call: Call) -> list[Recording]:
    """Return every recording of a call, gone ones included, oldest first."""
    return sorted(_RECORDINGS.each(call.pk), key=lambda it: (it.created_at, it.pk))


def current_recording(call: Call) -> Recording:
    """Return the newest recording that is pending or ready; raises RecordingNotFound or -Expired."""
    found = latest_recording(call)
    if found is None:
        for row in reversed(recordings_of(call)):
            refuse_gone(row)
        raise RecordingNotFound
    return found


def latest_recording(call: Call) -> Recording | None:
    """Return the newest recording that is not gone."""
    return next((row for row in reversed(recordings_of(call)) if row.state not in GONE), None)


def access_recording(workspace_id: UUID, mode: str, recording_id: str) -> Recording:
    """Return a recording by its id, gone or not; raises RecordingNotFound."""
    rows = Recording.objects.filter(workspace_id=workspace_id, mode=mode)
    found = rows.filter(pk=recording_id).first() if is_uuid(recording_id) else None
    if found is None:
        raise RecordingNotFound
    return found


def refuse_gone(recording: Recording) -> None:
    """Raise RecordingExpired for a recording whose file is no more."""
    if recording.state in GONE:
        raise RecordingExpired(reason=GONE[recording.state])


def retry_after_seconds(recording: Recording) -> int:
    """Say when to ask again for a recording that is not stored yet."""
    return CAPTURING_SECONDS if recording.state == "capturing" else PENDING_SECONDS


def recording_url(
    recording: Recording, *, lifetime: timedelta = RECORDING_TTL, form: str = "wav"
) -> str:
    """Return an address that plays this recording, in a format, until it expires, without a key."""
    until = int((clock.now() + lifetime).timestamp())
    token = make_token(settings.PEPPER, "recording", str(recording.pk), str(until))
    return f"{settings.PUBLIC_URL}/recordings/{token}.{form}"


def recording_of_link(token: str) -> Recording | None:
    """Return the recording a link opens, or None when it was not ours or is over."""
    parts = read_token(settings.PEPPER, token)
    if parts is None or len(parts) != 3 or parts[0] != "recording":
        return None
    if int(parts[2]) < clock.now().timestamp():
        return None
    return Recording.objects.filter(pk=parts[1]).first()


# The shape is the contract's recording.
def recording_as_json(recording: Recording) -> dict[str, Any]:
    """Return the wire form of a recording."""
    return {
        "id": str(recording.id),
        "call_id": str(recording.call_id),
        "status": "pending" if recording.is_pending else recording.state,
        "source": recording.source,
        "channels": recording.channels,
        "duration_seconds": recording.seconds,
        "size_bytes": recording.size_bytes,
        "end_reason": recording.end_reason or None,
        "transcript": transcript_as_json(recording),
        "created_at": clock.rfc3339(recording.created_at),
        "ready_at": clock.rfc3339(recording.ready_at),
        "expires_at": clock.rfc3339(recording.expires_at),
    }


# The shape is the contract's recording.
def transcript_as_json(recording: Recording) -> dict[str, Any] | None:
    """Return the wire form of what was said; None when nobody asked for it."""
    found: Transcript | None = getattr(recording, "transcript", None)
    if found is None:
        return None
    return {
        "status": {"wanted": "pending", "done": "completed"}.get(found.state, found.state),
        "text": found.text if found.state == "done" else None,
        "confidence_percent": found.confidence_percent,
        "recogniser": found.recogniser or None,
        "reason": found.problem or None,
    }


def _is_dead(key: ApiKey) -> bool:
    return key.revoked_at is not None or (
        key.expires_at is not None and key.expires_at <= clock.now()
    )


@dataclass(frozen=True, slots=True)
class Bucket:
    """One interval of the dashboard; completed + missed + failed = total."""

    start: datetime
    total: int
    inbound: int
    outbound: int
    completed: int
    missed: int
    failed: int
    spend_minor: int
    seconds: int


# One range is read: of a bound for each interval the planner cannot tell how few calls it holds.
STATS = """
    WITH counted AS (
        SELECT date_bin(%(step)s::interval, created_at, %(first)s::timestamptz) AS slot,
               count(*) AS total, count(*) FILTER (WHERE direction = 'inbound') AS inbound,
               count(*) FILTER (WHERE status = 'completed') AS completed,
               count(*) FILTER (WHERE status IN ('no_answer', 'busy', 'canceled')) AS missed,
               count(*) FILTER (WHERE status = 'failed') AS failed,
               sum(cost_minor)::bigint AS spend, sum(duration_seconds)::bigint AS seconds
          FROM calls_call
         WHERE workspace_id = %(workspace)s AND mode = %(mode)s AND ended_at IS NOT NULL
           AND created_at >= %(since)s::timestamptz
           AND created_at < %(until)s::timestamptz + %(step)s::interval
         GROUP BY 1)
    SELECT slot, coalesce(total, 0), coalesce(inbound, 0), coalesce(total - inbound, 0),
           coalesce(completed, 0), coalesce(missed, 0), coalesce(failed, 0),
           coalesce(spend, 0), coalesce(seconds, 0)
      FROM generate_series(%(first)s::timestamptz, %(until)s::timestamptz, %(step)s::interval)
           AS slot LEFT JOIN counted USING (slot) ORDER BY slot
"""


def statistics(
    workspace_id: UUID, mode: str, *, since: datetime, bucket: str = "day"
) -> list[Bucket]:
    """Count the ended calls since a moment in zero-filled hours or Nairobi days, oldest first."""
    assert bucket in ("hour", "day")
    local = since.astimezone(clock.NAIROBI).replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "workspace": workspace_id, "mode": mode, "since": since, "until": clock.now(),
        "first": local if bucket == "hour" else local.replace(hour=0), "step": f"1 {bucket}",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STATS, values)
        return [Bucket(*row) for row in cursor.fetchall()]


# The shape is the contract's statistics object.
def statistics_as_json(
    buckets: list[Bucket], *, currency: str, with_series: bool
) -> dict[str, Any]:
    """Add the buckets up, and list them when a series was asked for."""
    body: dict[str, Any] = {
        "total": sum(bucket.total for bucket in buckets),
        "completed": sum(bucket.completed for bucket in buckets),
        "failed": sum(bucket.failed + bucket.missed for bucket in buckets),
        "minutes_total": div_half_up(sum(bucket.seconds for bucket in buckets), 60),
        "spend_minor": sum(bucket.spend_minor for bucket in buckets),
        "currency": currency,
    }
    if with_series:
        body["series"] = [
            {name: value for name, value in asdict(bucket).items() if name != "seconds"}
            | {"start": clock.rfc3339(bucket.start)}
            for bucket in buckets
        ]
    return body


def buckets_in(since: datetime, bucket: str) -> int:
    """Return how many intervals lie between a moment and now."""
    length = timedelta(hours=1) if bucket == "hour" else timedelta(days=1)
    return (clock.now() - since) // length + 1


def since_of(text: str) -> datetime | None:
    """Read `today`, `7d`, `month`, an RFC 3339 time or unix seconds; None when it is neither."""
    day = datetime.combine(clock.nairobi_today(), datetime.min.time(), clock.NAIROBI)
    named = {"today": day, "7d": day - timedelta(days=6), "month": day.replace(day=1)}
    return named.get(text) or clock.moment_of(text)


ALL_STATUSES = CALL.states
