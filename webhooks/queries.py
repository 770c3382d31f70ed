"""Reads of webhooks that two doors use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from accounts.models import ApiKey, Membership, Workspace
from accounts.roles import key_scopes
from kernel import clock
from kernel.events import catalogue
from kernel.ids import is_uuid
from kernel.models import Event
from kernel.rows import Lookup
from kernel.signing import make_token, read_token
from webhooks import lanes
from webhooks.errors import DeliveryNotFound, EventNotFound, ListenerNotFound, WebhookNotFound
from webhooks.models import Delivery, Endpoint, Listener, Relayed
from webhooks.states import DELIVERY
from webhooks.subscriptions import matches


def endpoints(workspace_id: UUID, mode: str) -> QuerySet[Endpoint]:
    """List the endpoints of a workspace and mode."""
    return Endpoint.objects.filter(workspace_id=workspace_id, mode=mode, deleted_at=None)


def access_endpoint(workspace_id: UUID, mode: str, endpoint_id: str) -> Endpoint:
    """Return the endpoint, or raise WebhookNotFound."""
    found = (
        endpoints(workspace_id, mode).filter(id=endpoint_id).first()
        if is_uuid(endpoint_id)
        else None
    )
    if found is None:
        raise WebhookNotFound()
    return found


def deliveries(endpoint: Endpoint, *, status: str = "", kind: str = "") -> QuerySet[Delivery]:
    """List what was sent to an endpoint, with its event; an empty status or kind is any."""
    rows = Delivery.objects.filter(endpoint=endpoint).select_related("event")
    if status:
        rows = rows.filter(status=status)
    if status == DELIVERY.initial:
        # The few that wait are found by their lane, however many arrived.
        rows = rows.filter(lane=lanes.of_endpoint(endpoint.id))
    if kind:
        # So much is said for the log's own index, which knows how rare a kind is.
        log_of_kind = {"workspace_id": endpoint.workspace_id, "mode": endpoint.mode, "kind": kind}
        rows = rows.filter(**{f"event__{name}": value for name, value in log_of_kind.items()})
    return rows


def access_delivery(endpoint: Endpoint, delivery_id: str) -> Delivery:
    """Return the delivery, or raise DeliveryNotFound."""
    found = deliveries(endpoint).filter(id=delivery_id).first() if is_uuid(delivery_id) else None
    if found is None:
        raise DeliveryNotFound()
    return found


def deliveries_of_call(workspace_id: UUID, call_id: UUID) -> QuerySet[Delivery]:
    """List every delivery of a call's events, with the event and the attempts."""
    return (
        Delivery.objects.filter(workspace_id=workspace_id, event__call_id=call_id)
        .select_related("event")
        .prefetch_related("attempts")
        .order_by("id")
    )


def events_of_call(workspace_id: UUID, call_id: UUID) -> QuerySet[Event]:
    """List the events of a call in their order, each with its deliveries."""
    rows = Event.objects.filter(workspace_id=workspace_id, call_id=call_id)
    return rows.order_by("id").prefetch_related("deliveries")


def events_after(
    workspace_id: UUID, mode: str, *, after: int, kinds: Sequence[str], limit: int
) -> list[Event]:
    """List the events that follow a sequence, in order; no kinds means every kind."""
    rows = Event.objects.filter(workspace_id=workspace_id, mode=mode, sequence__gt=after)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("sequence")[:limit])


def access_event(workspace_id: UUID, mode: str, event_id: str) -> Event:
    """Return an event of the log, or raise EventNotFound."""
    rows = Event.objects.filter(workspace_id=workspace_id, mode=mode, sequence__isnull=False)
    found = rows.filter(event_id=event_id).first() if is_uuid(event_id) else None
    if found is None:
        raise EventNotFound()
    return found


def listeners(workspace_id: UUID, mode: str) -> QuerySet[Listener]:
    """List the listeners that are there now."""
    return _present(workspace_id, mode, clock.now())


# The three are values, or the slots of a statement that is compiled once.
def _present(workspace: Any, mode: Any, now: Any) -> QuerySet[Listener]:
    rows = Listener.objects.filter(workspace_id=workspace, mode=mode, closed_at=None)
    return rows.filter(lease_until__gt=now)


_ANSWERING = Lookup(
    lambda workspace, mode, now: (
        _present(workspace, mode, now).exclude(voice_url="").order_by("-created_at")[:1]
    )
)


def voice_listener(workspace_id: UUID, mode: str) -> Listener | None:
    """Return the listener that answers calls: the newest of those that are there and can."""
    return _ANSWERING.first(workspace_id, mode, clock.now())


def access_listener(key: ApiKey | None, listener_id: str) -> Listener:
    """Return an open listener of this very key, or raise ListenerNotFound."""
    rows = Listener.objects.filter(api_key=key, closed_at=None) if key else Listener.objects.none()
    found = rows.filter(id=listener_id).first() if is_uuid(listener_id) else None
    if found is None:
        raise ListenerNotFound()
    return found


def access_relayed(listener: Listener, relayed_id: str) -> Relayed:
    """Return what was sent to a listener and waits for its answer, or raise EventNotFound."""
    rows = Relayed.objects.filter(listener=listener)
    found = rows.filter(id=relayed_id).first() if is_uuid(relayed_id) else None
    if found is None:
        raise EventNotFound()
    return found


def events_for(listener: Listener, *, after: int, limit: int) -> list[Event]:
    """List the events a listener subscribed to that follow a sequence, in order."""
    kinds = [kind for kind in catalogue() if matches(listener.events, kind)]
    return events_after(listener.workspace_id, listener.mode, after=after, kinds=kinds, limit=limit)


def listener_stream_url(listener: Listener) -> str:
    """Return the address of a listener's stream with the credential that opens it."""
    token = make_token(settings.PEPPER, "listener", str(listener.id))
    return f"{settings.LIVE_URL}/v1/listeners/{listener.id}/stream?token={token}"


def listener_of_stream(listener_id: str, token: str) -> Listener | None:
    """Return the listener a stream's token opens, or None once it or its key is dead."""
    if read_token(settings.PEPPER, token) != ("listener", listener_id):
        return None
    row = Listener.objects.filter(id=listener_id, closed_at=None).select_related(
        "api_key__created_by"
    )
    found = row.first()
    return found if found is not None and _may_listen(found) else None


def _may_listen(listener: Listener) -> bool:
    key = listener.api_key
    is_late = key.expires_at is not None and key.expires_at <= clock.now()
    if key.revoked_at is not None or is_late or not key.created_by.is_active:
        return False
    maker = Membership.objects.filter(user=key.created_by_id, workspace=key.workspace_id)
    scopes = key_scopes(own=key.scopes, role=maker.values_list("role", flat=True).first())
    return "events.read" in scopes and ("calls.write" in scopes or not listener.voice_url)


def log(workspace_id: UUID, mode: str) -> QuerySet[Event]:
    """Every event of a workspace and mode that has its place in the log."""
    return Event.objects.filter(workspace_id=workspace_id, mode=mode, sequence__isnull=False)


def latest_events(
    workspace_id: UUID, mode: str, *, kinds: Sequence[str], limit: int, call_id: str = ""
) -> list[Event]:
    """List the newest events first, each with its deliveries; of one call if that is named."""
    rows = log(workspace_id, mode)
    if call_id:
        rows = rows.filter(call_id=call_id)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("-sequence").prefetch_related("deliveries")[:limit])


def secrets(workspace: Workspace, mode: str) -> dict[str, str]:
    """Return the secrets that sign in a workspace and mode, each with the name of its owner."""
    known = {workspace.signing_secret: workspace.name}
    for endpoint in endpoints(workspace.id, mode):
        known[endpoint.secret] = endpoint.url
        if endpoint.previous_secret:
            known.setdefault(endpoint.previous_secret, endpoint.url)
    return {secret: name for secret, name in known.items() if secret}


@dataclass(frozen=True, slots=True)
class Health:
    """How the attempts of the last 24 hours went."""

    attempts_count: int = 0
    success_percent: int | None = None
    p95_ms: int | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Healthy:
    """An endpoint with its health."""

    endpoint: Endpoint
    health: Health


# The newest attempts of each lane only, so that a busy endpoint costs no more than a quiet one.
HEALTH = """
    SELECT lane, count(*), round(100.0 * count(*) FILTER (WHERE worked) / count(*)),
           percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE worked),
           coalesce((array_agg(error ORDER BY created_at DESC) FILTER (WHERE NOT worked))[1], '')
      FROM unnest(%s::text[]) AS wanted(lane) CROSS JOIN LATERAL (
           SELECT created_at, duration_ms, error, coalesce(response_status BETWEEN 200 AND 299, false)
                  AS worked
             FROM webhooks_attempt AS a
            WHERE a.lane = wanted.lane AND created_at > now() - interval '24 hours'
            ORDER BY created_at DESC LIMIT 1000) AS recent
     GROUP BY lane
"""


def with_health(rows: Sequence[Endpoint]) -> list[Healthy]:
    """Join each endpoint with how its last 24 hours went."""
    with connection.cursor() as cursor:
        cursor.execute(HEALTH, [[lanes.of_endpoint(row.id) for row in rows]])
        known = {
            lane: Health(count, int(percent), p95, error)
            for lane, count, percent, p95, error in cursor.fetchall()
        }
    return [Healthy(row, known.get(lanes.of_endpoint(row.id), Health())) for row in rows]
