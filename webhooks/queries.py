"""Reads of webhooks that two doors use."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from kernel.ids import is_uuid
from kernel.models import Event
from webhooks.errors import DeliveryNotFound, WebhookNotFound
from webhooks.models import Delivery, Endpoint


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


def deliveries(endpoint: Endpoint) -> QuerySet[Delivery]:
    """List what was sent to an endpoint, with its event."""
    return Delivery.objects.filter(endpoint=endpoint).select_related("event")


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


def events_after(
    workspace_id: UUID, mode: str, *, after: int, kinds: Sequence[str], limit: int
) -> list[Event]:
    """List the events that follow a sequence, in order; no kinds means every kind."""
    rows = Event.objects.filter(workspace_id=workspace_id, mode=mode, sequence__gt=after)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("sequence")[:limit])
