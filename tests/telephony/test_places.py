"""Places of engines: what operators see of them, and whose node it is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kernel import clock
from telephony import places
from telephony.models import Engine, EnginePlace

pytestmark = pytest.mark.django_db


def engine(host, name, *, seconds=10, **columns):
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    facts = {"pid": 1, "sip_port": 5060, "journal": "", "renewed_at": now, "lease_until": until}
    row = Engine.objects.create(host=host, **facts | columns)
    places.occupy(host=host, name=name, engine_id=row.id)
    return row


def states():
    return {(each.host, each.name): each.state for each in places.reports()}


def test_a_place_is_ready_while_its_engine_listens_and_its_lease_lasts():
    engine("m1", "a1")
    engine("m1", "a2", seconds=-1)
    engine("m2", "a3", sip_port=0)
    engine("m2", "a4", closed_at=clock.now())
    assert states() == {
        ("m1", "a1"): "ready",
        ("m1", "a2"): "away",
        ("m2", "a3"): "away",
        ("m2", "a4"): "away",
    }


def test_the_next_engine_of_a_place_takes_the_row_of_the_last():
    engine("m1", "a1")
    later = engine("m1", "a1")
    assert EnginePlace.objects.get().engine_id == later.id


def test_a_node_that_another_machine_drives_is_taken_until_its_lease_ends():
    row = engine("m1", "a1")
    assert places.taken("m2", ["a1", "a2"]) == {"a1"}
    assert places.taken("m1", ["a1"]) == set()
    Engine.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert places.taken("m2", ["a1"]) == set()


def test_the_command_drains_and_brings_back_and_lists():
    engine("m1", "engine-0")
    engine("m2", "engine-0")
    told = StringIO()
    call_command("engine_drain", "engine-0", host="m1", stdout=told)
    assert [line.split()[:3] for line in told.getvalue().splitlines()] == [
        ["m1", "engine-0", "drained"],
        ["m2", "engine-0", "ready"],
    ]
    assert places.draining("m1") == {"engine-0"}
    assert places.draining("m2") == set()
    since = EnginePlace.objects.get(host="m1").draining_at
    assert places.drain("engine-0", host="m1") == 1
    assert EnginePlace.objects.get(host="m1").draining_at == since
    call_command("engine_drain", "engine-0", back=True, stdout=StringIO())
    assert set(states().values()) == {"ready"}
    with pytest.raises(CommandError, match="no place a7"):
        call_command("engine_drain", "a7")


def test_places_that_the_settings_do_not_name_any_more_are_forgotten():
    engine("m1", "a1")
    engine("m1", "a2")
    engine("m2", "a2")
    places.forget("m1", ["a1"])
    assert set(states()) == {("m1", "a1"), ("m2", "a2")}
