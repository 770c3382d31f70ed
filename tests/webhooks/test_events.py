"""GET /v1/events: everything that happened, in order, and what is forgotten."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from kernel import clock, events, relay
from kernel.models import Event
from sautikit_site.bootstrap import environ
from tests import world
from webhooks import services
from webhooks.events import WebhookTest
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme():
    return world.acme()


def emit(where, count=1, to=None):
    payload = WebhookTest(webhook_id=to or where.id, message="hello")
    with transaction.atomic():
        return [events.emit(payload, workspace_id=where.id, mode="live") for _ in range(count)]


def log(api, **query):
    return api.get("/v1/events", query).json()


def test_every_event_is_listed_in_order_as_it_is_delivered(acme):
    rows = emit(acme, 5)
    relay.sequence_batch()
    page = log(world.api(acme))
    assert [it["sequence"] for it in page["data"]] == [1, 2, 3, 4, 5]
    assert [it["event_id"] for it in page["data"]] == [str(row.event_id) for row in rows]
    rows[0].refresh_from_db()
    assert page["data"][0] == events.envelope(rows[0])
    assert page["next_cursor"] is None


def test_the_cursor_is_the_sequence(acme):
    emit(acme, 5)
    relay.sequence_batch()
    api, seen, after = world.api(acme), [], "0"
    while after is not None:
        page = log(api, after=after, limit=2)
        seen += [it["sequence"] for it in page["data"]]
        after = page["next_cursor"]
    assert seen == [1, 2, 3, 4, 5]
    emit(acme)
    relay.sequence_batch()
    assert [it["sequence"] for it in log(api, after=5)["data"]] == [6]


def test_an_event_without_a_sequence_is_not_shown(acme):
    emit(acme, 2)
    assert log(world.api(acme))["data"] == []


def test_one_kind_or_a_family_can_be_asked_for(acme):
    emit(acme)
    world.claim(acme)
    relay.sequence_batch()
    api = world.api(acme)
    assert {it["kind"] for it in log(api, kind="number.*")["data"]} == {"number.provisioned"}
    assert {it["kind"] for it in log(api, kind="webhook.test")["data"]} == {"webhook.test"}
    assert log(api, kind="call.completed")["data"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"after": "-1"}, "validation.bad_request"),
        ({"after": "x"}, "validation.bad_request"),
        ({"limit": "0"}, "validation.bad_request"),
        ({"kind": "number.assigned"}, "webhooks.event_unsupported"),
    ],
)
def test_it_rejects_bad_input(acme, query, code):
    answer = world.api(acme).get("/v1/events", query)
    assert (answer.status_code, world.code_of(answer)) == (400, code)


def test_it_needs_a_key_with_the_scope(acme):
    assert world.Api().get("/v1/events").status_code == 401
    assert world.api(acme, scopes=["calls.read"]).get("/v1/events").status_code == 403


def test_chege_and_the_other_mode_see_nothing(acme):
    emit(acme, 2)
    relay.sequence_batch()
    assert log(world.api(world.chege()))["data"] == []
    assert log(world.api(acme, mode="test"))["data"] == []


def test_old_events_are_forgotten_unless_a_delivery_waits(acme):
    endpoint = services.create_endpoint(
        workspace_id=acme.id, mode="live", url="https://a.example/", event_names=["*"], actor="t"
    )
    old, waiting, fresh = emit(acme, 3, to=endpoint.id)
    relay.sequence_batch()
    Delivery.objects.exclude(event=waiting).update(status="delivered")
    age([old, waiting], days=31)
    assert services.forget_events() == 1
    assert list(Event.objects.order_by("id")) == [waiting, fresh]
    assert Delivery.objects.count() == 2


def test_the_application_may_not_delete_an_event_itself(acme):
    emit(acme)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_event")


def test_every_declared_event_has_a_sample():
    assert [name for name, it in events.catalogue().items() if not it.sample] == []


def age(rows, days):
    with psycopg.connect(environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(
            "UPDATE kernel_event SET occurred_at = %s WHERE id = ANY(%s)",
            [clock.now() - timedelta(days=days), [row.id for row in rows]],
        )
