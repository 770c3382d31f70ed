"""The dispatcher itself, running: everything arrives, and a black hole delays nobody."""

import socket
import threading
import time
from dataclasses import replace

import pytest

from kernel import http
from tests import world
from tests.webhooks import scene
from tests.webhooks.receiver import Receiver
from webhooks import dispatcher, sender, services
from webhooks.models import Attempt, Delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def loopback_is_allowed():
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    yield
    http.configure(before)


@pytest.fixture
def running():
    stop = threading.Event()
    sender = dispatcher.start(stop)
    yield sender
    stop.set()
    sender.join()


@pytest.fixture
def black_hole():
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def wait_until(true, seconds=15):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def test_every_delivery_is_made_and_its_attempt_stored(running):
    acme = world.acme()
    with Receiver() as receiver:
        scene.endpoint(acme, receiver.url)
        events = scene.emit(acme, 50)
        running.wake()
        receiver.wait(50, seconds=15)
        wait_until(lambda: Delivery.objects.filter(status="delivered").count() == 50)
    arrived = {headers["x-sautikit-event-id"] for headers, _body in receiver.posts}
    assert arrived == {str(event.event_id) for event in events}
    assert len(receiver.posts) == 50
    assert set(Attempt.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_an_ordered_endpoint_hears_a_call_in_its_order(running):
    acme = world.acme()
    with Receiver() as receiver:
        scene.endpoint(acme, receiver.url, ordered=True)
        calls = [scene.emit(acme, 5, call_id=scene.new_call()) for _ in range(4)]
        running.wake()
        receiver.wait(20, seconds=15)
    arrived = [headers["x-sautikit-event-id"] for headers, _body in receiver.posts]
    for call in calls:
        places = [arrived.index(str(event.event_id)) for event in call]
        assert places == sorted(places)


def test_a_black_hole_delays_nobody_else(running, black_hole):
    acme = world.acme()
    with Receiver() as receiver:
        scene.endpoint(acme, black_hole, ["call.*"])
        scene.emit(acme, 300)
        running.wake()
        time.sleep(0.3)
        scene.endpoint(acme, receiver.url, ["wallet.*"])
        began = time.monotonic()
        scene.emit(acme, 20, kind="wallet.top_up")
        running.wake()
        receiver.wait(20, seconds=10)
        assert time.monotonic() - began < 5


def test_what_comes_back_after_its_lease_is_neither_stored_nor_given_back():
    acme = world.acme()
    scene.endpoint(acme, "https://example.com/hook")
    scene.emit(acme, 3)
    # Two leases of the one lane: what is told of the first comes too late.
    parcels = services.claim_first(10)
    assert len(parcels) == 2
    late = [replace(each, lease_ends=time.monotonic() - 1) for each in parcels]
    waiting = dispatcher.Dispatcher(threading.Event())
    waiting._held = 2
    waiting._note(late[0], sender.Outcome(request_headers={}, status=200))
    waiting._give_back([late[1]])
    assert waiting._loop.run_until_complete(waiting._store_batch())
    assert waiting._held == 0
    rows = Delivery.objects.filter(pk__in=[each.delivery_id for each in parcels])
    assert {row.status for row in rows} == {"pending"}
    assert {row.lease_token for row in rows} == {parcels[0].token}
    assert not Attempt.objects.exists()

    waiting._held = 2
    waiting._note(parcels[0], sender.Outcome(request_headers={}, status=200))
    waiting._give_back([parcels[1]])
    assert waiting._loop.run_until_complete(waiting._store_batch())
    assert sorted(rows.values_list("status", "lease_token")) == [
        ("delivered", None),
        ("pending", None),
    ]
