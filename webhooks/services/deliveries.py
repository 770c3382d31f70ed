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
from numbers.models import Number
from webhooks import lanes
from webhooks.models import Delivery, Endpoint
from webhooks.states import DELIVERY
from webhooks.subscriptions import matches

TEST = "webhook.test"


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
    numbers: dict[UUID, Number]

    @classmethod
    def of(cls, batch: Iterable[Event]) -> _Listeners:
        scopes = {(event.workspace_id, event.mode) for event in batch}
        endpoints = defaultdict(list)
        for endpoint in Endpoint.objects.filter(
            workspace_id__in={scope[0] for scope in scopes}, status="active", deleted_at=None
        ):
            endpoints[(endpoint.workspace_id, endpoint.mode)].append(endpoint)
        call_ids = {event.call_id for event in batch if event.call_id}
        calls = Call.objects.only("webhook_url", "number_id").in_bulk(call_ids)
        number_ids = {call.number_id for call in calls.values()}
        numbers = Number.objects.only("events_url").in_bulk(number_ids)
        return cls(dict(endpoints), calls, numbers)

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
        number = self.numbers.get(call.number_id)
        if number is not None and number.events_url:
            yield self._to_url(event, f"number:{number.id}", number.events_url)

    def _to_url(self, event: Event, target: str, url: str) -> Delivery:
        return _delivery(event, target=target, lane=lanes.of_url(event.workspace_id, url), url=url)


@transaction.atomic
def retry_delivery(delivery: Delivery) -> bool:
    """Try a dead or waiting delivery again now, with all its attempts before it."""
    moved = DELIVERY.apply(delivery, "revive", attempts_count=0, next_attempt_at=clock.now())
    if moved:
        work.enqueue("webhooks.deliver", delivery.id)
    return moved
