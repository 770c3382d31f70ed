"""What tests of deliveries share: endpoints, events of calls, and outcomes without a network."""

from uuid import uuid4

from django.db import transaction

from kernel import clock, events, relay
from kernel.models import Event
from webhooks import sender, services
from webhooks.events import WebhookTest
from webhooks.models import Delivery

SILENT = "https://silent.example/"


def endpoint(where, url="https://a.example/", names=("*",), **options):
    return services.create_endpoint(
        workspace_id=where.id, mode="live", url=url, event_names=list(names), actor="t", **options
    )


def emit(where, count=1, *, call_id=None, kind="call.started", mode="live", payload=None):
    """Write events of a kind, as their app would, and let the relay fan them out."""
    with transaction.atomic():
        made = Event.objects.bulk_create(
            Event(
                workspace_id=where.id, mode=mode, kind=kind, payload=payload or {}, call_id=call_id,
                call_number=number, occurred_at=clock.now(),
            )
            for number in range(1, count + 1)
        )  # fmt: skip
    while relay.sequence_batch():
        pass
    return made


def emit_test(where, endpoint_id):
    with transaction.atomic():
        return events.emit(
            WebhookTest(webhook_id=endpoint_id, message="hello"), workspace_id=where.id, mode="live"
        )


def good():
    return sender.Outcome(request_headers={}, status=200, duration_ms=3)


def bad():
    return sender.Outcome(request_headers={}, error="no answer in time", duration_ms=10_000)


def record(parcels, outcome):
    return services.record_outcomes([(parcel, outcome) for parcel in parcels])


def due(delivery_id):
    Delivery.objects.filter(id=delivery_id).update(next_attempt_at=clock.now())


def new_call():
    return uuid4()
