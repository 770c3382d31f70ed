"""How many deliveries are under way at once, in which order, and what a failing server may hold."""

from datetime import datetime, timedelta

import pytest

from kernel import clock
from kernel.models import Event, Mail
from tests import world
from tests.webhooks import scene
from webhooks import lanes, sender, services
from webhooks.models import Attempt, Breaker, Delivery, Endpoint
from webhooks.services.claims import Rota

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme():
    return world.acme()


def test_a_lane_has_two_in_flight_whoever_claims(acme):
    scene.endpoint(acme)
    scene.emit(acme, 5)
    first = services.claim_first(10)
    assert len(first) == lanes.IN_FLIGHT
    assert services.claim_first(10) == []
    scene.record(first[:1], scene.bad())
    failed = first[0].delivery_id
    scene.due(failed)
    assert isinstance(services.claim_one(str(failed)), sender.Parcel)
    assert services.claim_first(10) == []


def test_a_retry_waits_while_its_lane_is_full(acme):
    scene.endpoint(acme)
    scene.emit(acme, 4)
    (one, two) = services.claim_first(10)
    scene.record([one], scene.bad())
    scene.due(one.delivery_id)
    assert len(services.claim_first(10)) == 1
    waits = services.claim_one(str(one.delivery_id))
    assert isinstance(waits, datetime)
    assert waits > clock.now()
    scene.record([two], scene.good())
    assert isinstance(services.claim_one(str(one.delivery_id)), sender.Parcel)


def test_a_retry_is_not_made_before_it_is_due(acme):
    scene.endpoint(acme)
    scene.emit(acme)
    (parcel,) = services.claim_first(10)
    scene.record([parcel], scene.bad())
    later = clock.now() + timedelta(minutes=5)
    Delivery.objects.update(next_attempt_at=later)
    assert services.claim_one(str(parcel.delivery_id)) >= later


def test_a_black_hole_leaves_the_pool_to_others(acme):
    scene.endpoint(acme, scene.SILENT, ["call.*"])
    scene.emit(acme, 300)
    hole = services.claim_first(200)
    healthy = scene.endpoint(acme, "https://b.example/", ["wallet.*"])
    scene.emit(acme, 1, kind="wallet.top_up")
    (parcel,) = services.claim_first(200)
    assert len(hole) == 2
    assert parcel.endpoint_id == healthy.id


def test_a_busy_workspace_leaves_its_neighbours_a_share(acme):
    for number in range(20):
        scene.endpoint(acme, f"https://a.example/{number}")
    scene.emit(acme, 5)
    chege = world.chege()
    scene.endpoint(chege)
    scene.emit(chege)
    claimed = services.claim_first(10)
    assert any(parcel.endpoint_id and parcel.lane == lane_of(chege) for parcel in claimed)


def lane_of(where):
    return lanes.of_endpoint(Endpoint.objects.get(workspace=where.workspace).id)


def test_one_workspace_never_fills_the_pool(acme):
    for _ in range(3 * lanes.SHARE):
        scene.emit(acme)
    event = Event.objects.first()
    Delivery.objects.bulk_create(
        Delivery(
            workspace_id=acme.id, mode="live", event=event, target=f"call:{number}", url="x",
            lane=lanes.of_url(acme.id, f"https://{number}.example/"), created_at=clock.now(),
        )
        for number in range(3 * lanes.SHARE)
    )  # fmt: skip
    rota, total = Rota(), 0
    while claimed := services.claim_first(200, rota):
        total += len(claimed)
    assert lanes.SHARE <= total <= lanes.SHARE + lanes.IN_FLIGHT


def test_first_attempts_of_a_call_leave_in_their_order(acme):
    scene.endpoint(acme)
    call = scene.new_call()
    events = scene.emit(acme, 3, call_id=call)
    for event in events:
        (parcel,) = services.claim_first(10)
        assert parcel.event_id == str(event.event_id)
        scene.record([parcel], scene.good())


def test_without_order_a_failed_one_does_not_hold_up_its_call(acme):
    scene.endpoint(acme)
    scene.emit(acme, 2, call_id=scene.new_call())
    scene.record(services.claim_first(10), scene.bad())
    assert len(services.claim_first(10)) == 1


def test_in_order_a_later_event_of_the_call_waits_for_the_retry_of_the_earlier(acme):
    scene.endpoint(acme, ordered=True)
    events = scene.emit(acme, 2, call_id=scene.new_call())
    (first,) = services.claim_first(10)
    scene.record([first], scene.bad())
    assert services.claim_first(10) == []
    scene.due(first.delivery_id)
    again = services.claim_one(str(first.delivery_id))
    assert services.claim_first(10) == []
    scene.record([again], scene.good())
    (second,) = services.claim_first(10)
    assert second.event_id == str(events[1].event_id)


def test_in_order_one_is_in_flight_and_other_calls_go_on(acme):
    scene.endpoint(acme, ordered=True)
    scene.emit(acme, 2, call_id=scene.new_call())
    other = scene.emit(acme, 1, call_id=scene.new_call())
    (first,) = services.claim_first(10)
    assert services.claim_first(10) == []
    scene.record([first], scene.bad())
    (second,) = services.claim_first(10)
    assert second.event_id == str(other[0].event_id)


def test_five_failures_in_a_row_open_the_breaker_and_one_probe_closes_it(acme):
    scene.endpoint(acme)
    scene.emit(acme, 12)
    for _ in range(3):
        scene.record(services.claim_first(2), scene.bad())
    assert Breaker.objects.count() == 1
    assert services.claim_first(10) == []
    Breaker.objects.update(open_until=clock.now() - timedelta(seconds=1))
    (probe,) = services.claim_first(10)
    assert services.claim_first(10) == []
    scene.record([probe], scene.good())
    assert not Breaker.objects.exists()
    assert len(services.claim_first(10)) == 2


def test_a_failed_probe_keeps_the_breaker_open_for_longer(acme):
    scene.endpoint(acme)
    scene.emit(acme, 12)
    for _ in range(3):
        scene.record(services.claim_first(2), scene.bad())
    first = Breaker.objects.get().open_until - clock.now()
    Breaker.objects.update(open_until=clock.now() - timedelta(seconds=1))
    scene.record(services.claim_first(10), scene.bad())
    breaker = Breaker.objects.get()
    assert breaker.trips == 2
    assert breaker.open_until - clock.now() > first


def test_seven_failures_of_ten_open_the_breaker(acme):
    scene.endpoint(acme)
    scene.emit(acme, 20)
    for outcome in [scene.good()] * 3 + [scene.bad()] * 4 + [scene.good()] + [scene.bad()] * 4:
        (parcel, *_others) = services.claim_first(1)
        scene.record([parcel], outcome)
    assert Attempt.objects.count() == 12
    assert not Breaker.objects.exists()
    scene.record(services.claim_first(1), scene.good())
    for _ in range(4):
        scene.record(services.claim_first(1), scene.bad())
    assert Attempt.objects.filter(response_status=None).count() == 12
    assert Breaker.objects.exists()


def test_an_endpoint_that_failed_for_five_days_is_disabled_and_its_owners_are_told(acme):
    made = scene.endpoint(acme)
    scene.emit(acme, 2)
    scene.record(services.claim_first(1), scene.bad())
    made.refresh_from_db()
    assert made.failing_since is not None
    Endpoint.objects.update(failing_since=clock.now() - timedelta(days=5, minutes=1))
    scene.record(services.claim_first(1), scene.bad())
    made.refresh_from_db()
    assert made.status == "disabled"
    told = Event.objects.get(kind="webhook.endpoint_disabled")
    assert told.payload["webhook_id"] == str(made.id)
    mail = Mail.objects.get()
    assert mail.to == acme.owner.email
    assert f"/webhooks/{made.id}" in mail.text


def test_one_success_ends_the_count_of_days(acme):
    made = scene.endpoint(acme)
    scene.emit(acme, 3)
    scene.record(services.claim_first(1), scene.bad())
    scene.record(services.claim_first(1), scene.good())
    made.refresh_from_db()
    assert made.failing_since is None


def test_nothing_is_sent_while_paused_and_removing_ends_what_is_open(acme):
    made = scene.endpoint(acme)
    scene.emit(acme, 2)
    scene.record(services.claim_first(1), scene.bad())
    services.change_endpoint(made, is_paused=True, actor="t")
    assert services.claim_first(10) == []
    retried = Delivery.objects.get(status="retrying")
    scene.due(retried.id)
    assert services.claim_one(str(retried.id)) is None
    services.delete_endpoint(made, actor="t")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"dead_letter"}


def test_the_newest_is_not_kept_behind_a_backlog(acme):
    scene.endpoint(acme)
    scene.emit(acme, 100)
    Delivery.objects.update(created_at=clock.now() - timedelta(hours=1))
    (fresh,) = scene.emit(acme)
    rota, seen = Rota(), []
    for _ in range(2):
        parcels = services.claim_first(10, rota)
        seen += [parcel.event_id for parcel in parcels]
        scene.record(parcels, scene.good())
    assert str(fresh.event_id) in seen
    assert str(Event.objects.order_by("id").first().event_id) in seen
