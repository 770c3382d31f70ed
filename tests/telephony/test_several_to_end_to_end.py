"""Several `to` for real: they ring together, the first answer wins, the others are let go unbilled."""

import pytest

from calls.models import Leg
from kernel.money import call_cost
from tests import world
from tests.calls import story
from tests.telephony.engine.child import write_speech
from tests.telephony.exchange import Voice, final, say, wait_for
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)


def far_end(exchange, scenario, **options):
    exchange.renew()
    speech = write_speech(exchange.folder / "600.al", (600, 5))
    return exchange.friend, exchange.peer(scenario, speech=speech, stay_ms=1_000, **options)


def place(voice, *to):
    return story.place(world.acme(), to=list(to), voice_callback_url=f"{voice.url}/voice")


def assert_one_debit(call):
    assert call.cost_minor == call_cost(call.duration_seconds, 300)
    assert story.money(world.acme()).held_minor == 0
    assert_books_are_right()


def test_all_ring_and_the_first_answer_cancels_the_others(exchange):
    slow, patient = far_end(exchange, "no_answer")
    quick, _peer = far_end(exchange, "speak_leave")
    with Voice(voice=[say({"pause": {"length": 9}})]) as voice:
        call = final(place(voice, slow, quick), story=exchange.log.read_text)
    assert (call.status, call.remote_e164) == ("completed", quick)
    # SIPp saw every message of its scenario: INVITE, our CANCEL, and the ACK of its 487.
    assert patient.done() == 0
    other = Leg.objects.get(call=call, to_e164=slow)
    assert (other.state, other.connected_ms) == ("ended", 0)
    assert "leg.ended" in story.kinds(call)
    assert_one_debit(call)


def test_who_answers_a_moment_later_is_thanked_and_hung_up_unbilled(exchange):
    first, _ = far_end(exchange, "speak")
    second, _ = far_end(exchange, "speak")
    with Voice(voice=[say({"pause": {"length": 1}}, {"hangup": {}})]) as voice:
        call = final(place(voice, first, second), story=exchange.log.read_text)

        def both_over():
            return not Leg.objects.filter(call=call).exclude(state="ended").exists()

        wait_for(both_over, seconds=15)
    call = story.fresh(call)
    winner = Leg.objects.get(pk=call.winner_id)
    late = Leg.objects.exclude(pk=winner.pk).get()
    assert winner.connected_ms >= 1_000
    assert late.connected_ms < winner.connected_ms
    assert_one_debit(call)
