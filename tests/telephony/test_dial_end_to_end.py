"""Dialling for a caller: real engine, SIPp at both ends, sound measured, each call billed alone."""

import io
import wave

import numpy as np
import pytest
from django.test import Client

from calls.models import Call, Recording
from kernel.money import call_cost
from tests import world
from tests.calls import story
from tests.telephony.engine.child import loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Voice, final, say, wait_for, xml
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)
BYE = [say({"hangup": {}})]


@pytest.fixture(autouse=True)
def folders(settings, exchange, tmp_path):
    """The worker of the tests and the engine share a folder, as on one machine."""
    settings.VAR_DIR = exchange.folder
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}


def far_end(exchange, scenario, hertz=0, **options):
    """Somebody on a trunk of their own; returns their number."""
    exchange.renew()
    if hertz:
        path = exchange.folder / f"{hertz}.al"
        options |= {"speech": write_speech(path, (hertz, 15)), "stay_ms": 3_000}
    exchange.peer(scenario, **options)
    return exchange.friend


def place(voice, caller, **options):
    return story.place(
        world.acme(), to=[caller], voice_callback_url=f"{voice.url}/voice", **options
    )


def dialled(call):
    return list(Call.objects.filter(parent=call).order_by("created_at"))


def over(exchange, *found):
    return [final(call, story=exchange.log.read_text) for call in found]


def told(voice, path="/after"):
    """What the customer's server was told about a dial."""

    def found():
        return [form for at, form, *_ in voice.asked if at == path and "dialCallStatus" in form]

    return wait_for(found, seconds=20)[0]


def sent_to(exchange, call):
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    return loud(sent)


def assert_each_is_billed(*found):
    for call in found:
        assert call.cost_minor == call_cost(call.duration_seconds or 0, 300)
    money = story.money(world.acme())
    assert money.held_minor == 0
    assert money.balance_minor == 100_000 - sum(call.cost_minor for call in found)
    assert_books_are_right()


def test_two_people_hear_each_other_are_recorded_apart_and_billed_apart(exchange):
    caller = far_end(exchange, "speak", 600)
    agent = far_end(exchange, "speak_leave", 900)
    dial = {"number": agent, "record": True, "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=BYE) as voice:
        call = place(voice, caller)
        form = told(voice)
        (call,) = over(exchange, call)
        (other,) = over(exchange, *dialled(call))
    assert form["dialCallStatus"] == form["DialCallStatus"] == "completed"
    assert (form["dialCallId"], form["dialDestinationNumber"]) == (str(other.id), agent)
    assert form["dialDurationInSeconds"] == str(other.duration_seconds)
    assert (other.direction, other.from_e164, other.to_e164) == (
        "outbound",
        world.FIRST_NUMBER,
        agent,
    )
    assert (call.status, other.status) == ("completed", "completed")
    assert_each_is_billed(call, other)

    to_agent, to_caller = sent_to(exchange, other), sent_to(exchange, call)
    assert tone_share(to_agent[800:-800], 600) > 0.95
    turns = [tone_share(to_caller[at : at + 800], 900) for at in range(0, len(to_caller), 800)]
    assert sum(share > 0.9 for share in turns) >= 10
    found = Recording.objects.filter(call=call, state="ready")
    recording = wait_for(found.first, story=exchange.log.read_text)
    assert (recording.source, recording.channels, len(recording.waveform)) == ("dial", 2, 320)
    answer = Client().get("/recordings/" + form["recordingUrl"].rpartition("/")[2])
    with wave.open(io.BytesIO(b"".join(answer.streaming_content))) as file:
        assert file.getnchannels() == 2
        left, right = np.frombuffer(file.readframes(99_999), "<i2").reshape(-1, 2).T.astype(float)
    assert tone_share(loud(left)[800:-800], 600) > 0.95
    assert tone_share(loud(right)[800:-800], 900) > 0.95
    assert 1 < len(loud(right)) / 8000 < 3.1


def test_an_inbound_caller_is_answered_when_the_agent_answers(exchange):
    agent = far_end(exchange, "speak_leave", 900)
    document = xml(f"<Response><Dial timeout='9'><Number>{agent}</Number></Dial></Response>")
    with Voice(voice=[document, say()]) as voice:
        exchange.renew()
        number = world.claim(world.acme(), voice_callback_url=f"{voice.url}/voice")
        world.fund(world.acme(), 10_000)
        before = story.money(world.acme()).balance_minor
        exchange.caller("call_wait", number.e164)
        wait_for(lambda: Call.objects.count() == 2, story=exchange.log.read_text)
        call, other = over(exchange, *Call.objects.order_by("created_at"))
        assert told(voice, "/voice")["dialCallStatus"] == "completed"
    assert (call.direction, call.cost_minor, call.status) == ("inbound", 0, "completed")
    assert call.answered_at > other.answered_at
    assert 5 <= other.cost_minor <= 25
    assert story.money(world.acme()).balance_minor == before - other.cost_minor
    assert tone_share(sent_to(exchange, call)[800:-800], 900) > 0.95


def test_a_caller_hears_ringing_and_a_busy_agent_is_reported(exchange):
    caller = far_end(exchange, "speak", 600)
    exchange.renew()
    slow = exchange.friend
    exchange.peer("no_answer")
    exchange.renew()
    busy = exchange.friend
    exchange.peer("refuse", code="486 Busy Here")
    dials = [
        {"dial": {"number": number, "timeout": 2, "action": "/after"}} for number in (slow, busy)
    ]
    with Voice(voice=[say(dials[0])], after=[say(dials[1]), *BYE]) as voice:
        (call,) = over(exchange, place(voice, caller))
        forms = [form for path, form, *_ in voice.asked if path == "/after"]
    assert [form["dialCallStatus"] for form in forms] == ["no-answer", "busy"]
    first, second = dialled(call)
    assert (first.status, second.status) == ("no_answer", "busy")
    assert first.cost_minor == second.cost_minor == 0
    assert_each_is_billed(call)
    heard = sent_to(exchange, call)
    assert tone_share(heard[:7_000], 425) > 0.95


def test_the_first_of_several_is_joined_and_the_others_stop_ringing(exchange):
    caller = far_end(exchange, "speak", 600)
    silent = far_end(exchange, "no_answer")
    agent = far_end(exchange, "speak_leave", 900)
    dial = {"numbers": [silent, agent], "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=BYE) as voice:
        call = place(voice, caller)
        assert told(voice)["dialDestinationNumber"] == agent
        (call,) = over(exchange, call)
        first, second = over(exchange, *dialled(call))
    assert (first.status, first.cost_minor, second.status) == ("canceled", 0, "completed")
    assert_each_is_billed(call, second)


def test_numbers_in_turn_ring_one_after_the_other(exchange):
    caller = far_end(exchange, "speak", 600)
    busy = far_end(exchange, "refuse", code="486 Busy Here")
    agent = far_end(exchange, "speak_leave", 900)
    dial = {"numbers": [busy, agent], "sequential": True, "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=BYE) as voice:
        call = place(voice, caller)
        assert told(voice)["dialCallStatus"] == "completed"
        (call,) = over(exchange, call)
    first, second = dialled(call)
    assert (first.status, second.status) == ("busy", "completed")
    assert second.created_at > first.ended_at


def test_a_caller_who_leaves_ends_the_call_of_the_agent(exchange):
    caller = far_end(exchange, "speak_leave", 600)
    agent = far_end(exchange, "speak", 900)
    with Voice(voice=[say({"dial": {"number": agent}})]) as voice:
        (call,) = over(exchange, place(voice, caller))
        (other,) = over(exchange, *dialled(call))
    assert (call.status, other.status) == ("completed", "completed")
    assert abs((other.ended_at - call.ended_at).total_seconds()) < 1.5
    assert_each_is_billed(call, other)


def test_a_dialled_call_ends_at_the_second_that_is_paid(exchange):
    agent = far_end(exchange, "speak", 900)
    with Voice(voice=[say({"dial": {"number": agent}}), say()]) as voice:
        exchange.renew()
        number = world.claim(world.acme(), voice_callback_url=f"{voice.url}/voice")
        story.drain(world.acme(), 12)
        exchange.caller("call_wait", number.e164)
        wait_for(lambda: Call.objects.count() == 2, story=exchange.log.read_text)
        call, other = over(exchange, *Call.objects.order_by("created_at"))
    assert (other.duration_seconds, other.cost_minor) == (2, 10)
    assert other.hangup_cause == "allotted_timeout"
    assert call.status == "completed"
    assert story.money(world.acme()).balance_minor == 2


@pytest.mark.parametrize(
    ("dial", "reason"),
    [
        ({"number": "+14155550100"}, "calls.destination_denied"),
        ({"number": "+254712340000", "callerId": "+254711000001"}, "validation.bad_request"),
        ({"number": "+254712340000"}, "wallet.insufficient_balance"),
    ],
)
def test_who_may_not_be_called_is_reported_and_the_call_goes_on(exchange, dial, reason):
    caller = far_end(exchange, "speak", 600)
    with Voice(voice=[say({"dial": {**dial, "action": "/after"}})], after=BYE) as voice:
        call = place(voice, caller, money=30)
        form = told(voice)
        (call,) = over(exchange, call)
    assert (form["dialCallStatus"], form["dialFailureReason"]) == ("failed", reason)
    assert form["dialDurationInSeconds"] == "0"
    assert dialled(call) == []
    assert "voice.error" in story.kinds(call)
