"""Two engines of one gateway: where calls are, what dies with one, and how one is emptied."""

import os
import signal
import time

import pytest

from calls import services
from calls.models import Leg
from kernel import clock
from kernel.money import call_cost, div_ceil
from telephony import places
from telephony.models import Engine
from tests import world
from tests.calls import story
from tests.telephony.exchange import Exchange, Voice, final, say, wait_for, worker
from tests.wallet.books import assert_books_are_right

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("many-engines")]


@pytest.fixture
def pair(transactional_db, tmp_path):
    """A gateway with two engines of its own, known to the database of this test."""
    with Exchange(tmp_path, trunks=8, ENGINES="2") as running, worker():
        wait_for(lambda: len(ready()) == 2, story=running.log.read_text)
        yield running
        running.close_peers()


def ready():
    """The engines that listen now."""
    alive = Engine.objects.filter(closed_at=None, sip_port__gt=0, lease_until__gt=clock.now())
    return list(alive.order_by("pk"))


def connect(pair, voice, peer="answer"):
    """Call the friend behind a fresh trunk; return the call once they talk."""
    pair.renew()
    pair.peer(peer)
    call = story.place(world.acme(), to=[pair.friend], voice_callback_url=f"{voice.url}/voice")
    wait_for(lambda: story.fresh(call).status == "answered", story=pair.log.read_text)
    return call


def engine_of(call):
    return Leg.objects.get(call=call).engine_id


def test_an_engine_that_is_killed_takes_only_its_own_calls_along(pair):
    with Voice(voice=[say({"pause": {"length": 60}})]) as voice:
        lost, kept = connect(pair, voice), connect(pair, voice)
        assert engine_of(lost) != engine_of(kept)
        time.sleep(2.2)
        victim = Engine.objects.get(pk=engine_of(lost))
        since = clock.now()
        os.kill(victim.pid, signal.SIGKILL)
        lost = final(lost, story=pair.log.read_text)

        assert (lost.status, lost.failure_code) == ("failed", "engine_lost")
        assert (lost.ended_at - since).total_seconds() < 5
        assert 1_000 <= lost.connected_ms <= 4_500
        assert lost.connected_ms <= (since - lost.answered_at).total_seconds() * 1000 + 50
        assert lost.cost_minor == call_cost(div_ceil(lost.connected_ms, 1000), 300)
        assert story.fresh(kept).status == "answered"
        wait_for(lambda: len(ready()) == 2, story=pair.log.read_text)
        assert Engine.objects.get(pk=victim.pk).closed_at

        # What was killed is replaced: the next call is on the new engine, which has none.
        third = connect(pair, voice)
        assert engine_of(third) not in (victim.pk, engine_of(kept))
        for call in (kept, third):
            services.hang_up(call)
            call = final(call, story=pair.log.read_text)
            assert (call.status, call.hangup_cause) == ("completed", "normal_clearing")
    assert_books_are_right()


def test_a_place_is_emptied_and_brought_back(pair):
    with Voice(voice=[say({"pause": {"length": 60}})]) as voice:
        call = connect(pair, voice)
        engine = engine_of(call)
        names = {each.name: each for each in places.reports()}
        assert {each.state for each in names.values()} == {"ready"}
        place = next(each.name for each in names.values() if each.legs)
        assert places.drain(place) == 1
        wait_for(lambda: "draining" in {each.state for each in places.reports()})
        time.sleep(1.5)
        others = [connect(pair, voice), connect(pair, voice)]
        assert engine not in [engine_of(each) for each in others]
        assert story.fresh(call).status == "answered", "what is there goes on to its end"

        services.hang_up(call)
        assert final(call, story=pair.log.read_text).status == "completed"
        wait_for(lambda: Engine.objects.get(pk=engine).closed_at, story=pair.log.read_text)
        assert {each.state for each in places.reports()} == {"ready", "drained"}
        assert len(ready()) == 1

        assert places.bring_back(place) == 1
        wait_for(lambda: len(ready()) == 2, story=pair.log.read_text)
        last = connect(pair, voice)
        assert engine_of(last) not in {engine, *map(engine_of, others)}
        for each in (*others, last):
            services.hang_up(each)
            assert final(each, story=pair.log.read_text).status == "completed"
    assert_books_are_right()
