import pytest

from calls import services
from calls.models import Call
from kernel.ids import uuid7
from numbers.states import NUMBER
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def ring(leg_id=None, to=world.FIRST_NUMBER, from_=story.FRIEND):
    return services.receive_call(leg_id=leg_id or uuid7(), from_e164=from_, to_e164=to)


def test_a_call_to_our_number_is_recorded_free_of_charge():
    world.claim(world.acme(), voice_callback_url="https://acme.example/voice")
    call = ring()
    assert (call.direction, call.local_e164, call.remote_e164) == (
        "inbound", world.FIRST_NUMBER, story.FRIEND,
    )  # fmt: skip
    assert call.hold_id is None
    assert call.voice_url == "https://acme.example/voice"
    call = story.end(story.answer(call), connected_ms=90_000)
    assert (call.status, call.duration_seconds, call.cost_minor) == ("completed", 90, 0)


def test_the_same_leg_is_recorded_once():
    world.claim(world.acme())
    leg_id = uuid7()
    assert ring(leg_id) == ring(leg_id)
    assert Call.objects.count() == 1


def test_nobody_answers_a_number_that_nobody_holds():
    assert ring() is None
    NUMBER.apply(world.claim(world.acme()), "suspend")
    assert ring() is None


def test_a_caller_who_gives_up_has_canceled():
    world.claim(world.acme())
    assert story.end(ring(), sip_code=487, ended_by="remote").status == "canceled"


@pytest.mark.parametrize(("code", "status"), [(486, "busy"), (603, "failed"), (480, "no_answer")])
def test_a_refused_caller_is_told_apart(code, status):
    world.claim(world.acme())
    assert story.end(ring(), sip_code=code, ended_by="local").status == status


def test_a_caller_without_a_number_is_kept_as_he_came():
    world.claim(world.acme())
    assert ring(from_="anonymous-caller-of-many-letters").remote_e164 == "anonymous-caller"
