"""Make a delivery for each target of an event, and send one again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from calls.models import Call
from kernel import clock, work
from kernel.models import Event
from kernel.rows import Lookup
from webhooks import lanes
from webhooks.models import Delivery, Endpoint
from webhooks.states import DELIVERY
from webhooks.subscriptions import matches

TEST = "webhook.test"
_ENDPOINTS = Lookup(
    lambda workspaces: Endpoint.objects.filter(
        workspace_id__any_of=workspaces, status="active", deleted_at=None
    )
)
_CALLS = Lookup(
    lambda calls: (
        Call.objects.filter(pk__any_of=calls)
        .select_related("number")
        .only("webhook_url", "number_id", "number__events_url")
    )
)


def fan_out(batch: Sequence[Event]) -> int:
    """Create one delivery per target of each event; runs in the relay's sequencing transaction."""
    listeners = _Listeners.of(batch)
    rows = [row for event in batch for row in listeners.deliveries(event)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def to_endpoint(event: Event, endpoint: Endpoint, *, mark: str = "") -> Delivery:
    """Return a new delivery of an event to an endpoint, not stored yet."""
    return _delivery(
        event,
        endpoint=endpoint,
        target=f"endpoint:{endpoint.id}{mark}",
        lane=lanes.of_endpoint(endpoint.id),
        url=endpoint.url,
    )


def _delivery(
    event: Event, *, target: str, lane: str, url: str, endpoint: Endpoint | None = None
) -> Delivery:
    return Delivery(
        workspace_id=event.workspace_id,
        mode=event.mode,
        event=event,
        call_id=event.call_id,
        endpoint=endpoint,
        target=target,
        lane=lane,
        url=url,
        created_at=clock.now(),
    )


@dataclass(frozen=True, slots=True)
class _Listeners:
    """Who wants the events of a batch, read once for all of them."""

    endpoints: dict[tuple[UUID, str], list[Endpoint]]
    calls: dict[UUID, Call]

    @classmethod
    def of(cls, batch: Iterable[Event]) -> _Listeners:
        call_ids = {event.call_id for event in batch if event.call_id}
        found = _CALLS.soon(list(call_ids)) if call_ids else None
        endpoints = defaultdict(list)
        for endpoint in _ENDPOINTS.each(list({event.workspace_id for event in batch})):
            endpoints[(endpoint.workspace_id, endpoint.mode)].append(endpoint)
        calls = {call.pk: call for call in found.each()} if found else {}
        return cls(dict(endpoints), calls)

    def deliveries(self, event: Event) -> Iterator[Delivery]:
        only = event.payload.get("webhook_id") if event.kind == TEST else None
        for endpoint in self.endpoints.get((event.workspace_id, event.mode), ()):
            wanted = str(endpoint.id) == only if only else matches(endpoint.events, event.kind)
            if wanted:
                yield to_endpoint(event, endpoint)
        call = self.calls.get(event.call_id) if event.call_id else None
        if call is None:
            return
        if call.webhook_url:
            yield self._to_url(event, f"call:{call.id}", call.webhook_url)
        if call.number.events_url:
            yield self._to_url(event, f"number:{call.number_id}", call.number.events_url)

    def _to_url(self, event: Event, target: str, url: str) -> Delivery:
        return _delivery(event, target=target, lane=lanes.of_url(event.workspace_id, url), url=url)


@transaction.atomic
def retry_delivery(delivery: Delivery) -> bool:
    """Try a dead or waiting delivery again now, with all its attempts before it."""
    moved = DELIVERY.apply(delivery, "revive", attempts_count=0, next_attempt_at=clock.now())
    if moved:
        work.enqueue("webhooks.deliver", delivery.id)
    return moved
