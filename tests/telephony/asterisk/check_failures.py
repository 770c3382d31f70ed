"""Engines and nodes that die, and calls that end at their paid second all the same."""

import os
import signal
import time

import pytest

from tests.telephony.engine.child import free_port


@pytest.fixture
def own(tmp_path, request):
    """An Asterisk for one check, which may do with it what it likes."""
    from tests.telephony.asterisk.conftest import Bench

    bench = Bench(tmp_path)
    with bench.asterisk:
        yield bench
    for child in bench.engines:
        child.close()


def answered(child, **changes):
    leg = child.dial(**changes)
    child.wait("answered", leg=leg)
    return leg


def test_a_dead_engine_ends_its_calls_at_the_paid_second(own, sipp):
    child = own.engine()
    peer = sipp("answer", port=child.trunk_port)
    # Killed in the instant of the answer, it may have told the limit of before: with the ringing.
    answered(child, paid_until_s=4, ring_timeout_s=1)
    since = time.monotonic()
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert peer.done() == 0
    assert 3.5 < time.monotonic() - since < 6.5


def test_a_paid_time_that_was_extended_is_the_one_that_ends_a_call(own, sipp):
    child = own.engine()
    peer = sipp("answer", port=child.trunk_port)
    leg = answered(child, paid_until_s=2)
    since = time.monotonic()
    child.send("extend", leg=leg, paid_until_s=5)
    time.sleep(0.5)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert peer.done() == 0
    assert 4.5 < time.monotonic() - since < 6.5


def test_an_engine_that_lives_says_that_the_paid_time_ended_the_call(own, sipp):
    child = own.engine()
    peer = sipp("answer", port=child.trunk_port)
    leg = answered(child, paid_until_s=2)
    ended = child.wait("ended", leg=leg)
    assert (ended["ended_by"], ended["connected_ms"]) == ("paid_until", 2000)
    assert peer.done() == 0


def test_the_next_engine_of_a_node_ends_what_the_last_one_left(own, sipp):
    child = own.engine()
    peer = sipp("answer", port=child.trunk_port)
    answered(child, paid_until_s=600)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    successor = own.engine()
    assert peer.done(10) == 0
    assert successor.kinds() == []


def test_a_second_engine_on_a_node_stops_the_first_one(own, sipp):
    child = own.engine()
    peer = sipp("answer", port=child.trunk_port)
    leg = answered(child, paid_until_s=600)
    own.engine()
    assert child.wait("ended", leg=leg)["ended_by"] == "engine"
    assert child.process.wait(10) == 0
    assert peer.done(10) == 0


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_node_that_dies_or_hangs_is_noticed_within_five_seconds(own, sipp, blow):
    child = own.engine()
    sipp("answer", port=child.trunk_port)
    leg = answered(child, paid_until_s=600)
    since = time.monotonic()
    os.kill(own.asterisk.process.pid, blow)
    ended = child.wait("ended", leg=leg)
    noticed = time.monotonic() - since
    os.kill(own.asterisk.process.pid, signal.SIGKILL)
    assert noticed < 6
    assert ended["ended_by"] == "engine"
    assert child.process.wait(10) == 0


def test_an_engine_without_its_node_says_so_and_stops(own, tmp_path):
    own.node["url"] = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(AssertionError, match="cannot start"):
        own.engine()
