"""What an endpoint missed is delivered when it is resumed; a range can be sent again."""

from datetime import timedelta

import pytest

from kernel import clock
from kernel.models import Work
from tests import world
from tests.webhooks import scene
from webhooks import services
from webhooks.models import Delivery, Replay
from webhooks.tasks import replay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme():
    return world.acme()


def run_replays():
    for row in Replay.objects.filter(finished_at=None):
        while replay(str(row.id)):
            pass


def test_resuming_delivers_what_was_missed_once(acme):
    made = scene.endpoint(acme, names=["call.*"])
    scene.emit(acme, 2)
    services.change_endpoint(made, is_paused=True, actor="t")
    missed = scene.emit(acme, 3)
    scene.emit(acme, 1, kind="wallet.top_up")
    assert Delivery.objects.count() == 2
    services.change_endpoint(made, is_paused=False, actor="t")
    scene.emit(acme, 1)
    run_replays()
    run_replays()
    assert Delivery.objects.count() == 2 + 3 + 1
    assert set(missed) <= {row.event for row in Delivery.objects.select_related("event")}
    done = Replay.objects.get()
    assert (done.deliveries_count, done.finished_at is not None) == (3, True)


def test_resuming_takes_up_the_retries_that_were_held_back(acme):
    made = scene.endpoint(acme)
    scene.emit(acme)
    scene.record(services.claim_first(1), scene.bad())
    services.change_endpoint(made, is_paused=True, actor="t")
    Work.objects.filter(name="webhooks.deliver").delete()
    services.change_endpoint(made, is_paused=False, actor="t")
    held = Delivery.objects.get()
    assert Work.objects.filter(name="webhooks.deliver", ref=str(held.id)).exists()


def times(before, after):
    now = clock.now()
    return {
        "from": (now + timedelta(minutes=before)).isoformat(),
        "to": (now + timedelta(minutes=after)).isoformat(),
    }


def test_a_range_is_sent_again_with_the_same_event_ids(acme):
    made = scene.endpoint(acme, names=["call.*"])
    events = scene.emit(acme, 3)
    scene.emit(acme, 1, kind="wallet.top_up")
    for _ in range(2):
        scene.record(services.claim_first(10), scene.good())
    answer = world.api(acme).post(f"/v1/webhooks/{made.id}/replay", times(-5, 1))
    assert answer.status_code == 202, answer.content
    run_replays()
    again = []
    while parcels := services.claim_first(10):
        again += [parcel.event_id for parcel in parcels]
        scene.record(parcels, scene.good())
    assert sorted(again) == sorted(str(event.event_id) for event in events)
    assert Delivery.objects.filter(status="delivered").count() == 6


def test_a_range_without_events_sends_nothing(acme):
    made = scene.endpoint(acme)
    scene.emit(acme, 3)
    world.api(acme).post(f"/v1/webhooks/{made.id}/replay", times(-60, -50))
    run_replays()
    assert Delivery.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "validation.bad_request"),
        ({"from": "yesterday", "to": "today"}, "validation.bad_request"),
        (times(0, -5), "webhooks.replay_range"),
        (times(-31 * 24 * 60, 0), "webhooks.replay_range"),
    ],
)
def test_it_rejects_bad_ranges(acme, body, code):
    made = scene.endpoint(acme)
    answer = world.api(acme).post(f"/v1/webhooks/{made.id}/replay", body)
    assert (answer.status_code, world.code_of(answer)) == (400, code)


def test_it_needs_the_scope_and_hides_other_workspaces(acme):
    made = scene.endpoint(acme)
    path = f"/v1/webhooks/{made.id}/replay"
    assert world.Api().post(path, times(-5, 1)).status_code == 401
    reader = world.api(acme, scopes=["webhooks.read"])
    assert reader.post(path, times(-5, 1)).status_code == 403
    assert world.api(world.chege()).post(path, times(-5, 1)).status_code == 404


def test_an_endpoint_can_ask_for_strict_order(acme):
    api = world.api(acme)
    body = {"url": "https://a.example/", "ordered": True}
    made = api.post("/v1/webhooks", body).json()
    assert made["ordered"] is True
    changed = api.patch(f"/v1/webhooks/{made['id']}", {"ordered": False}).json()
    assert changed["ordered"] is False
