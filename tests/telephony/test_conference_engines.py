"""A room whose callers are on two engines: both hear each other, and its end takes the link away."""

import pytest

from calls.models import Leg
from calls.services import hang_up
from telephony.models import Command, Conference, Engine
from tests.telephony.exchange import Exchange, Voice, say, wait_for, worker
from tests.telephony.test_conference_end_to_end import far_end, over, place, seats, seconds_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("exchange-test_conference_engines"),
]


@pytest.fixture
def two_engines(settings, tmp_path, transactional_db):
    settings.CALLS_PER_SECOND = 1000
    with Exchange(tmp_path, trunks=4, ENGINES="2") as running:
        settings.VAR_DIR = running.folder
        wait_for(lambda: Engine.objects.filter(closed_at=None, sip_port__gt=0).count() == 2)
        with worker():
            yield running
        running.close_peers()


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
