"""Voice work is claimed by its workers: each row once, at once, and again when it failed."""

import threading
import time

import pytest
from django.db import connection

from kernel import claiming, work
from kernel.models import Work

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


@pytest.fixture
def kind():
    """A sort of voice work that notes who ran it, and whose first try may fail."""
    ran, fails = [], set()

    def handler(ref):
        ran.append(ref)
        if ref in fails:
            fails.discard(ref)
            raise RuntimeError("not yet")
        time.sleep(0.01)

    work.work("test.claimed", queue="voice")(handler)
    yield ran, fails
    del work._kinds["test.claimed"]


@pytest.fixture
def claimers():
    """Two workers that serve the same queue."""
    made = [claiming.Claimer("voice", hands=3) for _ in range(2)]
    yield made
    started = [each for each in made if each.ident]
    for each in started:
        each.stop()
    for each in started:
        each.join(SECONDS)
        assert not each.is_alive()


def until(found):
    deadline = time.monotonic() + SECONDS
    while not found() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found()


def test_each_row_runs_once_whoever_claims_it(kind, claimers):
    ran, _fails = kind
    for each in claimers:
        each.start()
    for number in range(40):
        work.enqueue("test.claimed", number)
    until(lambda: not Work.objects.exists())
    assert sorted(ran, key=int) == [str(number) for number in range(40)]


def test_a_row_that_failed_is_tried_again(kind, claimers):
    ran, fails = kind
    fails.add("once")
    work.enqueue("test.claimed", "once")
    claimers[0].start()
    until(lambda: not Work.objects.exists())
    assert ran == ["once", "once"]


def test_what_runs_is_ended_before_a_worker_stops():
    begun, done = threading.Event(), threading.Event()

    def handler(_ref):
        begun.set()
        time.sleep(0.3)
        done.set()

    work.work("test.slow", queue="voice")(handler)
    try:
        work.enqueue("test.slow", 1)
        claimer = claiming.Claimer("voice", hands=1)
        claimer.start()
        assert begun.wait(SECONDS)
        claimer.stop()
        claimer.join(SECONDS)
        assert done.is_set()
        assert not Work.objects.exists()
    finally:
        del work._kinds["test.slow"]


def test_the_relay_leaves_claimed_queues_to_their_workers(kind):
    work.enqueue("test.claimed", 1)
    assert work.lease_due(besides=work.CLAIMED_QUEUES) == []
    (row,) = work.claim("voice", 5)
    assert (row.name, row.ref) == ("test.claimed", "1")
    assert work.claim("voice", 5) == []
    connection.close()
