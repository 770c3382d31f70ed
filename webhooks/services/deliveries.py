"""Make a delivery per target of an event, and move it by what each attempt brought."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from calls.models import Call
from kernel import bell, clock, work
from kernel.models import Event
from numbers.models import Number
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.sender import Outcome
from webhooks.states import DELIVERY
from webhooks.subscriptions import matches

# The waits before attempts 2 to 8, in seconds, each drawn uniformly from 0 to the base.
RETRY_SECONDS = (30, 120, 600, 1_800, 7_200, 21_600, 86_400)
ATTEMPTS_MAX = len(RETRY_SECONDS) + 1


def fan_out(event: Event) -> int:
    """Create one delivery per target of the event; runs in the relay's sequencing transaction."""
    rows = [
        Delivery(
            workspace_id=event.workspace_id,
            mode=event.mode,
            event=event,
            endpoint=endpoint,
            target=target,
            url=url,
            created_at=clock.now(),
        )
        for target, url, endpoint in _targets(event)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _targets(event: Event) -> Iterator[tuple[str, str, Endpoint | None]]:
    only = event.payload.get("webhook_id") if event.kind == "webhook.test" else None
    endpoints = Endpoint.objects.filter(
        workspace_id=event.workspace_id, mode=event.mode, status="active", deleted_at=None
    )
    for endpoint in endpoints:
        wanted = str(endpoint.id) == only if only else matches(endpoint.events, event.kind)
        if wanted:
            yield f"endpoint:{endpoint.id}", endpoint.url, endpoint
    if event.call_id is None:
        return
    call = Call.objects.filter(id=event.call_id).only("webhook_url", "number_id").first()
    if call is None:
        return
    if call.webhook_url:
        yield f"call:{call.id}", call.webhook_url, None
    number = Number.objects.filter(id=call.number_id).only("events_url").first()
    if number is not None and number.events_url:
        yield f"number:{call.number_id}", number.events_url, None


@transaction.atomic
def record_outcome(delivery_id: UUID, token: UUID, outcome: Outcome) -> bool:
    """Store the attempt and move the delivery; False when the lease is no longer ours.

    The lease token fences: a sender that slept past its lease changes nothing.
    """
    delivery = (
        Delivery.objects.select_for_update().filter(id=delivery_id, lease_token=token).first()
    )
    if delivery is None:
        return False
    number = delivery.attempts_count + 1
    Attempt.objects.create(
        delivery=delivery,
        number=number,
        request_headers=outcome.request_headers,
        response_status=outcome.status,
        response_headers=outcome.response_headers,
        response_body=outcome.response_body,
        error=outcome.error,
        address=outcome.address,
        duration_ms=outcome.duration_ms,
        created_at=clock.now(),
    )
    _move(delivery, number, outcome)
    bell.ring("live", f"{delivery.workspace_id}:{delivery.mode}:webhooks")
    return True


def _move(delivery: Delivery, number: int, outcome: Outcome) -> None:
    done = {"attempts_count": number, "lease_token": None, "lease_until": None}
    if outcome.is_success:
        DELIVERY.apply(
            delivery,
            "succeed",
            **done,
            delivered_at=clock.now(),
            next_attempt_at=None,
            last_error="",
        )
        return
    if number >= ATTEMPTS_MAX or outcome.is_hopeless:
        DELIVERY.apply(
            delivery, "give_up", **done, next_attempt_at=None, last_error=outcome.last_error
        )
        return
    due_at = next_attempt_at(number, outcome.retry_after_seconds)
    DELIVERY.apply(delivery, "fail", **done, next_attempt_at=due_at, last_error=outcome.last_error)
    work.enqueue("webhooks.deliver", delivery.id, due_at=due_at)


def next_attempt_at(attempts_made: int, retry_after_seconds: int | None) -> datetime:
    """Return when to try again: full jitter on the table, `Retry-After` honoured up to twice the base."""
    base = RETRY_SECONDS[attempts_made - 1]
    wait = random.uniform(0, base)
    if retry_after_seconds is not None:
        wait = max(wait, min(retry_after_seconds, 2 * base))
    return clock.now() + timedelta(seconds=wait)


@transaction.atomic
def retry_delivery(delivery: Delivery) -> bool:
    """Try a dead or waiting delivery again now, with all its attempts before it."""
    moved = DELIVERY.apply(delivery, "revive", attempts_count=0, next_attempt_at=clock.now())
    if moved:
        work.enqueue("webhooks.deliver", delivery.id)
    return moved
