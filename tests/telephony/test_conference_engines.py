"""A room whose callers are on several engines: all hear each other, whichever engine dies."""

import os
import signal
import time

import numpy as np
import pytest

from calls.models import Leg
from calls.services import hang_up
from kernel.money import call_cost, div_ceil
from telephony.models import Command, Conference, Engine
from tests.calls import story
from tests.telephony.engine.child import read_tap, tone_share
from tests.telephony.exchange import Exchange, Voice, say, wait_for, worker
from tests.telephony.test_conference_end_to_end import (
    assert_each_is_billed,
    far_end,
    over,
    place,
    seats,
    seconds_of,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("exchange-test_conference_engines"),
]


@pytest.fixture
def two_engines(settings, tmp_path, transactional_db):
    yield from several(settings, tmp_path, 2)


@pytest.fixture
def three_engines(settings, tmp_path, transactional_db):
    yield from several(settings, tmp_path, 3)


def several(settings, folder, count):
    settings.CALLS_PER_SECOND = 1000
    with Exchange(folder, trunks=4, ENGINES=str(count)) as running:
        settings.VAR_DIR = running.folder
        wait_for(
            lambda: Engine.objects.filter(closed_at=None, sip_port__gt=0).count() == count,
            seconds=30,
        )
        with worker():
            yield running
        running.close_peers()


def engine_of(call):
    return Leg.objects.get(call=call).engine_id


def heard_last(exchange, call, hertz):
    """The share of a tone in the last half second that a far end was sent something loud."""
    call = story.fresh(call)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    parts = [sent[at : at + 400] for at in range(0, len(sent) - 400, 400)]
    late = [part for part in parts[-40:] if np.abs(part).max() > 300]
    return sum(tone_share(part, hertz) > 0.5 for part in late)


def test_two_engines_hold_one_room(two_engines):
    with Voice(voice=[say({"conference": {"name": "wide"}})]) as voice:
        first = place(voice, far_end(two_engines, 600), "voice")
        seats(two_engines, "talking")
        second = place(voice, far_end(two_engines, 900, "speak_leave"), "voice")
        seats(two_engines, "talking", "talking")
        wait_for(lambda: Command.objects.filter(kind="room_link_to").count() == 2, seconds=10)
        over(two_engines, second)
        hang_up(first)
        over(two_engines, first)
        wait_for(lambda: Conference.objects.get().status == "ended", seconds=10)
    engines = set(Leg.objects.values_list("engine_id", flat=True))
    assert len(engines) == 2
    assert seconds_of(two_engines, first, 900) > 1.5
    assert seconds_of(two_engines, second, 600) > 1.5
    assert seconds_of(two_engines, first, 600) < 0.2
    assert {row.engine_id for row in Command.objects.filter(kind="room_unlink")} == engines


def test_a_room_goes_on_when_the_engine_of_its_hub_is_killed(three_engines):
    room = {"name": "wide", "statusEventsCallbackUrl": "/told"}
    told = [(200, "text/plain", b"")]
    with Voice(voice=[say({"conference": room})], told=told) as voice:
        lost = place(voice, far_end(three_engines, 600), "voice")
        seats(three_engines, "talking")
        kept = [place(voice, far_end(three_engines, hertz), "voice") for hertz in (900, 1500)]
        seats(three_engines, "talking", "talking", "talking")
        hub = Conference.objects.get().engine_id
        assert hub == engine_of(lost)
        assert len({engine_of(call) for call in (lost, *kept)}) == 3
        wait_for(lambda: Command.objects.filter(kind="room_link_to").count() == 4, seconds=15)
        time.sleep(1.5)
        os.kill(Engine.objects.get(pk=hub).pid, signal.SIGKILL)

        (lost,) = over(three_engines, lost)
        assert (lost.status, lost.failure_code) == ("failed", "engine_lost")
        assert lost.cost_minor == call_cost(div_ceil(lost.connected_ms, 1000), 300)
        seats(three_engines, "talking", "talking")
        assert Conference.objects.get().engine_id == engine_of(kept[0])
        wait_for(lambda: Command.objects.filter(kind="room_link_to").count() == 6, seconds=15)
        time.sleep(2.5)
        for call in kept:
            assert story.fresh(call).status == "answered"
            hang_up(call)
        kept = over(three_engines, *kept)
        wait_for(lambda: Conference.objects.get().status == "ended", seconds=10)
        wait_for(lambda: [1 for _p, form, *_ in voice.asked if form.get("event") == "end"])
    events = [form["event"] for path, form, *_ in voice.asked if path == "/told"]
    assert events.count("leave") == 3
    for call, other in zip(kept, (1500, 900), strict=True):
        assert call.status == "completed"
        assert heard_last(three_engines, call, other) >= 10
    assert_each_is_billed(lost, *kept)
