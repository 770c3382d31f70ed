"""From an emitted event to a signed POST, through the relay's steps and the one sender."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.db import transaction
from standardwebhooks.webhooks import Webhook

from kernel import clock, events, http, relay, signing
from kernel.http_async import AsyncClient
from kernel.models import Event, Work
from tests import world
from tests.webhooks.receiver import Receiver
from webhooks import sender, services
from webhooks.errors import SECRET_UNSET
from webhooks.events import WebhookTest
from webhooks.models import Attempt, Breaker, Delivery
from webhooks.services.outcomes import ATTEMPTS_MAX, RETRY_SECONDS, next_attempt_at
from webhooks.tasks import deliver as deliver_when_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def loopback_is_allowed():
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    yield
    http.configure(before)


@pytest.fixture
def acme():
    return world.acme()


def endpoint_at(acme, url, names=("*",)):
    return services.create_endpoint(
        workspace_id=acme.workspace.id, mode="live", url=url, event_names=list(names), actor="test"
    )


def emit(acme, endpoint):
    payload = WebhookTest(webhook_id=endpoint.id, message="hello")
    with transaction.atomic():
        return events.emit(payload, workspace_id=acme.workspace.id, mode="live")


def send_first():
    async def send_all():
        async with AsyncClient(connections=4) as client:
            return [(p, await sender.send(client, p)) for p in parcels]

    relay.sequence_batch()
    parcels = services.claim_first(10)
    outcomes = asyncio.run(send_all())
    services.record_outcomes(outcomes)
    return outcomes


def deliver(delivery_id):
    """Try again as if the wait were over and the breaker closed."""
    Delivery.objects.filter(id=delivery_id).update(next_attempt_at=clock.now())
    Breaker.objects.all().delete()
    deliver_when_due(delivery_id)


def test_a_delivery_is_signed_both_ways_and_carries_the_three_ids(acme):
    with Receiver() as receiver:
        endpoint = endpoint_at(acme, receiver.url)
        event = emit(acme, endpoint)
        send_first()
        (headers, body), *_ = receiver.wait(1)
    moment = int(headers["x-sautikit-signature"].split(",")[0].removeprefix("t="))
    assert headers["x-sautikit-signature"] == signing.signature_header(
        [endpoint.secret], body, moment
    )
    assert Webhook(endpoint.secret).verify(body, headers)
    assert headers["x-sautikit-event-id"] == str(event.event_id)
    assert headers["x-sautikit-event-kind"] == headers["x-sautikit-event"] == "webhook.test"
    assert headers["x-sautikit-idempotency-key"] == str(Delivery.objects.get().id)
    parsed = json.loads(body)
    assert parsed["event"] == parsed["kind"] == "webhook.test"
    assert parsed["sequence"] == 1
    assert Delivery.objects.get().status == "delivered"


def test_sequences_have_no_gap_and_count_per_mode(acme):
    with Receiver() as receiver:
        endpoint = endpoint_at(acme, receiver.url)
        for _ in range(5):
            emit(acme, endpoint)
        relay.sequence_batch()
        emit(acme, endpoint)
        relay.sequence_batch()
    assert list(Event.objects.order_by("id").values_list("sequence", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]


@pytest.mark.parametrize("status", [301, 302, 400, 404, 500, 503])
def test_anything_but_2xx_is_tried_again_later(acme, status):
    with Receiver(statuses=[status]) as receiver:
        emit(acme, endpoint_at(acme, receiver.url))
        send_first()
        receiver.wait(1)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts_count) == ("retrying", 1)
    assert clock.now() <= delivery.next_attempt_at + timedelta(seconds=1)
    assert delivery.next_attempt_at <= clock.now() + timedelta(seconds=RETRY_SECONDS[0])
    assert Work.objects.filter(name="webhooks.deliver", ref=str(delivery.id)).count() == 1
    assert Attempt.objects.get().response_status == status


def test_a_due_retry_goes_through_the_same_sender_and_succeeds(acme):
    with Receiver(statuses=[500]) as receiver:
        emit(acme, endpoint_at(acme, receiver.url))
        send_first()
        deliver(str(Delivery.objects.get().id))
        first, second = receiver.wait(2)
    assert first[1] == second[1]
    assert first[0]["x-sautikit-event-id"] == second[0]["x-sautikit-event-id"]
    assert Delivery.objects.get().status == "delivered"


def test_after_the_eighth_failure_a_delivery_is_dead_and_can_be_revived(acme):
    with Receiver(statuses=[500] * ATTEMPTS_MAX) as receiver:
        emit(acme, endpoint_at(acme, receiver.url))
        send_first()
        for _ in range(ATTEMPTS_MAX - 1):
            deliver(str(Delivery.objects.get().id))
        delivery = Delivery.objects.get()
        assert (delivery.status, delivery.attempts_count) == ("dead_letter", ATTEMPTS_MAX)
        deliver(str(delivery.id))
        assert len(receiver.posts) == ATTEMPTS_MAX
        assert services.retry_delivery(delivery)
        deliver(str(delivery.id))
    assert Delivery.objects.get().status == "delivered"


def test_a_sender_whose_lease_was_taken_over_changes_nothing(acme):
    with Receiver() as receiver:
        emit(acme, endpoint_at(acme, receiver.url))
        relay.sequence_batch()
        (parcel,) = services.claim_first(10)
        Delivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
        (again,) = services.claim_first(10)
    late = sender.Outcome(request_headers={}, error="late")
    assert services.record_outcomes([(parcel, late)]) == set()
    won = sender.Outcome(request_headers={}, status=200)
    assert services.record_outcomes([(again, won)]) == {again.delivery_id}
    assert Attempt.objects.count() == 1


def test_retry_after_is_honoured_up_to_twice_the_wait():
    assert next_attempt_at(1, 50) >= clock.now() + timedelta(seconds=49)
    assert next_attempt_at(1, 86_400) <= clock.now() + timedelta(seconds=2 * RETRY_SECONDS[0])


def test_an_endpoint_without_a_secret_is_dead_lettered_at_once(acme):
    with Receiver() as receiver:
        endpoint = endpoint_at(acme, receiver.url)
        type(endpoint).objects.update(secret="")
        emit(acme, endpoint)
        send_first()
        assert receiver.posts == []
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.last_error) == ("dead_letter", SECRET_UNSET)


def test_after_a_rotation_both_secrets_sign_for_a_day(acme):
    with Receiver() as receiver:
        endpoint = endpoint_at(acme, receiver.url)
        old = endpoint.secret
        new = services.rotate_secret(endpoint, actor="test")
        emit(acme, endpoint)
        send_first()
        (headers, body), *_ = receiver.wait(1)
    assert headers["x-sautikit-signature"].count("v1=") == 2
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)


def test_an_endpoint_hears_only_what_it_subscribed_to(acme):
    with Receiver() as receiver:
        endpoint_at(acme, receiver.url, ["wallet.*"])
        other = endpoint_at(acme, receiver.url, ["*"])
        emit(acme, other)
        relay.sequence_batch()
    assert Delivery.objects.count() == 1


def test_nobody_elses_endpoint_hears_our_events(acme):
    chege = world.chege()
    with Receiver() as receiver:
        services.create_endpoint(
            workspace_id=chege.workspace.id,
            mode="live",
            url=receiver.url,
            event_names=["*"],
            actor="t",
        )
        services.create_endpoint(
            workspace_id=acme.workspace.id,
            mode="test",
            url=receiver.url,
            event_names=["*"],
            actor="t",
        )
        emit(acme, endpoint_at(acme, receiver.url))
        relay.sequence_batch()
    assert Delivery.objects.count() == 1
