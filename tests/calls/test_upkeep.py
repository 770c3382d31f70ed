import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from calls import services
from calls.models import Call, Leg
from kernel import clock
from kernel.ids import uuid7
from telephony.models import Engine
from tests import world
from tests.calls import story
from wallet.models import Hold
from wallet.queries import lock_wallets

pytestmark = pytest.mark.django_db


def test_a_call_is_extended_in_the_middle_of_its_slice_and_not_before():
    call = story.answer(story.place(world.acme()), seconds_ago=29)
    assert services.extend_due() == 0

    Call.objects.update(answered_at=clock.now() - timedelta(seconds=31))
    assert services.extend_due() == 1

    call = story.fresh(call)
    assert call.paid_until_seconds == 120
    assert story.money(world.acme()).held_minor == 600
    assert story.orders(call)[-1] == (
        "extend", {"leg": str(story.leg(call).id), "paid_until_s": 120},
    )  # fmt: skip
    hold = Hold.objects.get()
    assert hold.expires_at >= call.answered_at + timedelta(seconds=125)
    assert services.extend_due() == 0


def test_what_is_left_buys_a_shorter_slice_and_then_nothing():
    call = story.answer(story.place(world.acme(), money=352), seconds_ago=31)
    assert services.extend_due() == 1
    assert story.fresh(call).paid_until_seconds == 70
    assert services.extend_due() == 0
    call = story.end(call, connected_ms=70_010, ended_by="paid_until")
    assert call.cost_minor == 350
    assert story.money(world.acme()).balance_minor == 2


def test_a_top_up_in_the_middle_of_a_call_prolongs_it():
    call = story.answer(story.place(world.acme(), money=50), seconds_ago=3)
    assert services.extend_due() == 0
    world.fund(world.acme(), 10_000)
    assert services.extend_due() == 1
    assert story.fresh(call).paid_until_seconds == 70


def test_no_call_is_longer_than_four_hours():
    call = story.answer(story.place(world.acme()), seconds_ago=14_380)
    Call.objects.update(paid_until_seconds=14_390)
    Hold.objects.update(amount_minor=71_950)
    from wallet.models import Wallet

    Wallet.objects.filter(mode="live").update(held_minor=71_950)
    services.extend_due()
    assert story.fresh(call).paid_until_seconds == 14_400
    assert services.extend_due() == 0
    story.end(call, connected_ms=14_400_000)


def test_a_hold_outlives_a_gateway_that_is_away_when_the_call_ends():
    call = story.answer(story.place(world.acme()), seconds_ago=60)
    hold = Hold.objects.get()
    assert hold.expires_at - clock.now() > timedelta(minutes=5)
    call = story.end(call, connected_ms=59_100)
    assert (call.cost_minor, story.money(world.acme()).held_minor) == (300, 0)


@pytest.mark.django_db(transaction=True)
def test_a_leg_that_finds_its_engine_while_it_is_swept_goes_on():
    call = story.place(world.acme())
    leg = story.leg(call)
    Leg.objects.update(created_at=clock.now() - timedelta(seconds=20))
    lost_engine(call, seconds_ago=0)
    Leg.objects.update(engine_id=None)
    engine = Engine.objects.get()
    taken, swept = threading.Event(), []

    def sweep():
        taken.wait(20)
        swept.extend(services.sweep_lost_legs())
        connection.close()

    thread = threading.Thread(target=sweep)
    thread.start()
    with transaction.atomic():
        assert services.assign_engines({leg.id: engine.id})
        taken.set()
        # The sweep has looked at the leg as it was before and now waits for it.
        wait_for_a_lock()
    thread.join(20)
    assert (swept, story.fresh(call).status) == ([], "ringing")


def test_a_leg_that_is_over_gets_no_engine():
    call = story.place(world.acme())
    story.end(call, sip_code=486)
    assert not services.assign_engines({story.leg(call).id: uuid7()})
    assert story.leg(call).engine_id is None


def wait_for_a_lock():
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_hang_up_tells_every_open_leg_and_may_be_asked_again():
    call = story.place(world.acme(), to=[story.FRIEND, story.OTHER])
    services.hang_up(call)
    assert [kind for kind, _ in story.orders(call)][2:] == ["hangup", "hangup"]
    story.end(call, 0, sip_code=487, ended_by="local")
    call = story.end(call, 1, sip_code=487, ended_by="local")
    assert call.status == "canceled"
    before = story.orders(call)
    services.hang_up(call)
    assert story.orders(call) == before


def lost_engine(call, *, seconds_ago):
    seen = clock.now() - timedelta(seconds=seconds_ago)
    engine = Engine.objects.create(
        id=uuid7(), host="gone", pid=1, journal="/nowhere", renewed_at=seen, lease_until=seen
    )
    services.assign_engines({story.leg(call).id: engine.id})


def test_a_leg_of_a_lost_engine_is_billed_to_its_last_sign_of_life():
    call = story.answer(story.place(world.acme()), seconds_ago=40)
    lost_engine(call, seconds_ago=20)
    assert services.sweep_lost_legs() == [story.leg(call).id]
    call = story.fresh(call)
    assert (call.status, call.failure_code) == ("failed", "engine_lost")
    assert call.duration_seconds in (20, 21)
    assert call.cost_minor == call.duration_seconds * 5
    assert story.money(world.acme()).held_minor == 0


def test_an_engine_gets_the_time_of_its_lease_to_report():
    call = story.place(world.acme())
    lost_engine(call, seconds_ago=5)
    assert services.sweep_lost_legs() == []


def test_a_call_that_no_engine_took_fails():
    call = story.place(world.acme())
    Leg.objects.update(created_at=clock.now() - timedelta(seconds=100))
    assert len(services.sweep_lost_legs()) == 1
    assert story.fresh(call).status == "failed"
    assert story.money(world.acme()).held_minor == 0


def test_calls_that_are_due_together_share_the_money_that_is_there():
    """Money for two slices and ten seconds: two calls get a slice, the third what is left."""
    calls = [story.answer(story.place(world.acme()), seconds_ago=31) for _ in range(3)]
    story.drain(world.acme(), 650)
    assert services.extend_due() == 3
    assert sorted(story.fresh(call).paid_until_seconds for call in calls) == [70, 120, 120]
    assert story.money(world.acme()).available_minor == 0
    assert services.extend_due() == 0


@pytest.mark.django_db(transaction=True)
def test_a_call_whose_wallet_is_in_use_is_extended_as_soon_as_it_is_free():
    call = story.answer(story.place(world.acme()), seconds_ago=31)
    busy, grown = threading.Event(), []

    def extend():
        busy.wait(20)
        grown.append(services.extend_due())
        connection.close()

    thread = threading.Thread(target=extend)
    thread.start()
    with transaction.atomic():
        lock_wallets(world.acme().workspace.id)
        busy.set()
        wait_for_a_lock()
    thread.join(20)
    assert (grown, story.fresh(call).paid_until_seconds) == ([1], 120)
