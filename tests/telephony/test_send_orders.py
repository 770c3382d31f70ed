import json

import pytest

from calls.models import Leg
from kernel import clock
from kernel.ids import uuid7
from telephony import orders
from telephony.gateway import apply as applying
from telephony.gateway import dispatch, recovery
from telephony.models import Command, Engine
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def engine():
    now = clock.now()
    return Engine.objects.create(
        host="here", pid=1, journal="/nowhere", renewed_at=now, lease_until=now
    ).id


def claim(*mine, choose=None):
    return [(it.engine_id, it.line["kind"]) for it in dispatch.claim(mine, lambda: choose)]


def test_a_new_leg_goes_to_the_chosen_engine_and_its_next_orders_follow_it():
    ours = engine()
    call = story.place(world.acme())
    leg = story.leg(call)
    orders.write(leg.id, "hangup", cause="x")

    assert claim(ours, choose=ours) == [(ours, "originate")]
    assert story.leg(call).engine_id == ours
    assert claim(ours, choose=ours) == [(ours, "hangup")]
    assert claim(ours, choose=ours) == []


def test_without_an_engine_a_leg_waits():
    call = story.place(world.acme())
    assert claim() == []
    assert story.leg(call).engine_id is None
    ours = engine()
    assert claim(ours, choose=ours) == [(ours, "originate")]


def test_orders_for_the_engines_of_others_are_left_to_them():
    mine, theirs = engine(), engine()
    call = story.place(world.acme())
    claim(theirs, choose=theirs)
    orders.write(story.leg(call).id, "hangup", cause="x")
    assert claim(mine, choose=mine) == []
    assert claim(theirs, choose=theirs) == [(theirs, "hangup")]


def test_a_leg_that_is_over_is_never_dialled():
    call = story.place(world.acme())
    story.end(call, sip_code=None, ended_by="lost")
    ours = engine()
    assert claim(ours, choose=ours) == []
    assert not Command.objects.filter(sent_at=None).exists()


def test_each_event_is_stored_once():
    world.claim(world.acme())
    ours = engine()
    leg_id = str(uuid7())
    line = {"seq": 1, "kind": "incoming", "leg": leg_id, "from": story.FRIEND}
    line |= {"to": world.FIRST_NUMBER}
    assert applying.apply(ours, line) is True
    assert applying.apply(ours, line) is False
    assert claim(ours) == [(ours, "ring"), (ours, "reject")]
    assert applying.apply(ours, {"seq": 2, "kind": "digit", "leg": leg_id}) is True
    assert Engine.objects.get(pk=ours).applied_seq == 2


def test_an_event_is_never_taken_for_stored_when_the_row_of_its_engine_is_lost():
    line = {"seq": 1, "kind": "digit", "leg": str(uuid7())}
    with pytest.raises(Engine.DoesNotExist):
        applying.apply(uuid7(), line)


def test_nor_is_a_later_event_of_a_leg_that_is_known():
    leg = story.leg(story.place(world.acme()))
    ours = engine()
    line = {"seq": 1, "kind": "digit", "leg": str(leg.id)}
    assert applying.apply(ours, line) is True
    Engine.objects.filter(pk=ours).delete()
    with pytest.raises(Engine.DoesNotExist):
        applying.apply(ours, line | {"seq": 2})


def test_a_caller_of_an_unknown_number_is_refused_by_the_engine_that_has_him():
    ours = engine()
    line = {"seq": 1, "kind": "incoming", "leg": str(uuid7()), "from": "x", "to": "+254209999999"}
    applying.apply(ours, line)
    assert claim(ours) == [(ours, "reject")]
    ended = {"seq": 2, "kind": "ended", "leg": line["leg"], "connected_ms": 0}
    assert applying.apply(ours, ended | {"sip_code": 404, "reason": "", "ended_by": "local"})


def test_of_the_journal_of_a_dead_engine_only_what_is_not_stored_is_stored(tmp_path, caplog):
    ours = engine()
    world.claim(world.acme())
    calls = [str(uuid7()) for _ in range(2)]
    lines = [
        {"seq": seq, "kind": "incoming", "leg": leg, "from": story.FRIEND, "to": world.FIRST_NUMBER}
        for seq, leg in enumerate(calls, 1)
    ]
    journal = tmp_path / "journal"
    # What cannot be stored would be tried and complained of.
    stored = {"seq": 1, "kind": "incoming", "leg": "no leg"}
    journal.write_text("".join(json.dumps(it) + "\n" for it in [stored, lines[1]]))
    assert applying.apply(ours, lines[0])
    Engine.objects.filter(pk=ours).update(journal=str(journal))
    recovery.recover(Engine.objects.get(pk=ours))
    found = Engine.objects.get(pk=ours)
    assert (found.applied_seq, bool(found.closed_at)) == (2, True)
    assert {str(it) for it in Leg.objects.values_list("pk", flat=True)} == set(calls)
    assert not caplog.records
