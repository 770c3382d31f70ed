"""Real calls: the API's verb, the gateway, the engine, SIPp at the far end, the wallet at the end."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from calls import services
from calls.models import Call
from kernel.money import call_cost, div_ceil
from kernel.signing import signature
from telephony.models import Engine
from tests import world
from tests.calls import story
from tests.telephony.engine.child import loud, read_tap, tone_share, write_speech, write_tone
from tests.telephony.exchange import Voice, final, say, wait_for, xml
from tests.telephony.tts.conftest import speech_process
from tests.wallet.books import assert_books_are_right

__all__ = ["speech_process"]

pytestmark = pytest.mark.django_db(transaction=True)


def place(exchange, **options):
    return story.place(world.acme(), to=[exchange.friend], **options)


def assert_billed(call):
    assert call.connected_ms > 0
    assert call.duration_seconds == div_ceil(call.connected_ms, 1000)
    assert call.cost_minor == call_cost(call.duration_seconds, 300)
    money = story.money(world.acme())
    assert (money.balance_minor, money.held_minor) == (100_000 - call.cost_minor, 0)
    assert_books_are_right()


def test_a_call_is_answered_hung_up_and_billed_by_the_second(exchange):
    peer = exchange.peer("answer")
    with Voice(voice=[say({"pause": {"length": 1}}, {"hangup": {}})]) as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice?tenant=7")
        call = final(call, story=exchange.log.read_text)
        assert peer.done() == 0
        wait_for(lambda: len(voice.asked) == 2)

    assert (call.status, call.hangup_cause) == ("completed", "normal_clearing")
    assert 1_000 < call.connected_ms < 4_000
    assert_billed(call)
    assert story.kinds(call)[:3] == ["call.started", "call.ringing", "call.answered"]
    assert story.kinds(call)[-1] == "call.completed"
    _path, form, headers, body, query = voice.asked[0]
    assert query == "tenant=7"
    assert form["sessionId"] == call.session_id
    assert form["CallId"] == str(call.id)
    assert form["From"] == form["callerNumber"] == world.FIRST_NUMBER
    assert form["To"] == form["destinationNumber"] == exchange.friend
    assert (form["isActive"], form["CallSessionState"], form["direction"]) == (
        "1", "Answered", "outbound",
    )  # fmt: skip
    stamp, mark = (part.split("=")[1] for part in headers["X-Sautikit-Signature"].split(","))
    secret = world.acme().workspace.signing_secret
    assert mark == signature(secret, body, int(stamp))
    ended = voice.final()
    assert (ended["isActive"], ended["CallSessionState"]) == ("0", "Completed")
    assert ended["durationInSeconds"] == str(call.duration_seconds)
    assert ended["amount"] == f"{call.cost_minor / 100:.2f}"


def test_a_recording_of_the_customer_is_heard_by_the_far_end(exchange, tmp_path):
    tone = write_tone(tmp_path / "tone.wav", hertz=700, seconds=1.5, rate=16_000)
    exchange.peer("answer")
    pages = {
        "voice": [say({"play": {"url": "/tone.wav"}})],
        "tone.wav": [(200, "audio/wav", Path(tone).read_bytes())],
    }
    with Voice(**pages) as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice")
        call = final(call, story=exchange.log.read_text)

    assert call.status == "completed"
    assert_billed(call)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    assert abs(len(loud(sent)) - 12_000) < 400
    assert tone_share(loud(sent)[400:-400], 700) > 0.95


RAW_SOCKET = pytest.mark.skipif(
    os.geteuid() != 0, reason="SIPp replays captures through a raw socket"
)


@pytest.mark.parametrize(
    ("far_end", "digit"), [pytest.param("digits_rtp", "5", marks=RAW_SOCKET), ("digits_info", "1")]
)
def test_the_ivr_of_the_walkthrough_collects_a_key_and_speaks(
    exchange, speech_process, far_end, digit
):
    exchange.peer(far_end)
    menu = say(
        {"say": {"text": "Press 1 for sales, or 2 for support.", "language": "en-KE"}},
        {"getDigits": {"numDigits": 1, "timeout": 8, "finishOnKey": "#", "action": "/choice"}},
    )
    # The peer types while the sentence is spoken, so the question is asked without one.
    quiet = say({"getDigits": {"numDigits": 1, "timeout": 8, "action": "/choice"}})
    choice = say({"say": {"text": "Connecting you to sales.", "language": "en-KE"}})
    with Voice(voice=[quiet], choice=[choice]) as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice", client_request_id="order-7")
        call = final(call, story=exchange.log.read_text)
        assert voice.paths() == ["/voice", "/choice"]
        assert voice.asked[1][1]["Digits"] == voice.asked[1][1]["dtmfDigits"] == digit
        assert voice.asked[0][4] == "clientRequestId=order-7"
    assert menu[0] == 200
    assert_billed(call)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    spoken = loud(sent)
    assert 0.8 < len(spoken) / 8000 < 4
    assert np.sqrt(np.mean(spoken**2)) > 300
    kinds = story.kinds(call)
    assert kinds.index("voice.gather") < kinds.index("digits") < kinds.index("voice.say")


def test_xml_goes_to_the_interpreter_as_it_came(exchange):
    exchange.peer("answer")
    with Voice(
        voice=[xml('<Response><Pause length="1"/><Nonsense/><Hangup/></Response>')]
    ) as voice:
        call = final(place(exchange, voice_callback_url=f"{voice.url}/voice"))
    assert call.status == "completed"
    assert "voice.warning" in story.kinds(call)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, "text/plain", b"sorry"), "voice_callback_unreachable"),
        ((200, "application/json", b'{"actions": [{"sing": {}}]}'), "voice_document_invalid"),
        ((302, "text/plain", b"", ("Location", "/elsewhere")), "voice_callback_unreachable"),
        ((200, "application/json", b"x" * 70_000), "voice_callback_unreachable"),
    ],
)
def test_a_bad_answer_ends_in_the_apology_and_is_billed(exchange, answer, code):
    exchange.peer("answer")
    with Voice(voice=[answer]) as voice:
        call = final(place(exchange, voice_callback_url=f"{voice.url}/voice"))
    assert (call.status, call.failure_code) == ("completed", code)
    assert_billed(call)
    assert "voice.error" in story.kinds(call)


def test_a_kept_redirect_is_followed_and_signed_again(exchange):
    exchange.peer("answer")
    moved = (307, "text/plain", b"", ("Location", "/other"))
    with Voice(voice=[moved], other=[say({"hangup": {}})]) as voice:
        call = final(place(exchange, voice_callback_url=f"{voice.url}/voice"))
        assert voice.paths() == ["/voice", "/other"]
        assert "X-Sautikit-Signature" in voice.asked[1][2]
    assert call.failure_code is None


def test_a_busy_far_end_costs_nothing_and_is_reported(exchange):
    exchange.peer("refuse", code="486 Busy Here")
    with Voice() as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice")
        call = final(call, story=exchange.log.read_text)
        wait_for(lambda: voice.asked)
        assert voice.final()["CallSessionState"] == "Busy"
    assert (call.status, call.cost_minor) == ("busy", 0)
    money = story.money(world.acme())
    assert (money.balance_minor, money.held_minor) == (100_000, 0)


def test_a_ringing_call_can_be_canceled(exchange):
    peer = exchange.peer("no_answer")
    call = place(exchange)
    wait_for(lambda: "call.ringing" in story.kinds(call), story=exchange.log.read_text)
    services.hang_up(call)
    call = final(call)
    assert (call.status, call.hangup_cause) == ("canceled", "originator_cancel")
    assert peer.done() == 0


def test_the_engine_ends_the_call_at_the_second_that_is_paid(exchange):
    exchange.peer("answer")
    with Voice(voice=[say({"pause": {"length": 20}})]) as voice:
        call = place(exchange, money=12, voice_callback_url=f"{voice.url}/voice")
        assert call.paid_until_seconds == 2
        call = final(call)
    assert (call.duration_seconds, call.cost_minor) == (2, 10)
    assert call.hangup_cause == "allotted_timeout"
    assert story.money(world.acme()).balance_minor == 2


def test_a_call_to_our_number_runs_its_document(exchange):
    with Voice(voice=[say({"pause": {"length": 5}})]) as voice:
        number = world.claim(world.acme(), voice_callback_url=f"{voice.url}/voice")
        caller = exchange.caller("call_leave", number.e164)
        wait_for(lambda: Call.objects.exists(), story=exchange.log.read_text)
        call = final(Call.objects.get())
        assert caller.done() == 0
        assert voice.asked[0][1]["CallSessionState"] == "Ringing"
        assert voice.asked[0][1]["From"] == "+254712345678"
    assert (call.direction, call.status, call.cost_minor) == ("inbound", "completed", 0)
    assert call.duration_seconds == 1


def test_an_engine_whose_row_was_lost_is_written_anew_and_serves_on(exchange):
    known = exchange.engine()
    Engine.objects.all().delete()
    wait_for(exchange.engine, story=exchange.log.read_text)
    again = exchange.engine()
    assert (again.id, again.pid, again.sip_port) == (known.id, known.pid, known.sip_port)
    exchange.peer(
        "speak_leave", speech=write_speech(exchange.folder / "speech.al", (0, 2)), stay_ms=800
    )
    call = final(place(exchange), story=exchange.log.read_text)
    assert call.status == "completed"


def test_a_killed_engine_is_replaced_and_its_call_billed_to_the_last_beat(exchange):
    exchange.peer("answer")
    with Voice(voice=[say({"pause": {"length": 30}})]) as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice")
        wait_for(lambda: story.fresh(call).status == "answered", story=exchange.log.read_text)
        time.sleep(2.2)
        dead = exchange.engine().id
        exchange.kill_engine()
        call = final(call, story=exchange.log.read_text)
        assert (call.status, call.failure_code) == ("failed", "engine_lost")
        assert 1_000 <= call.connected_ms <= 3_500
        assert_billed(call)
        wait_for(lambda: exchange.engine() and exchange.engine().id != dead)
        wait_for(lambda: exchange.engine().sip_port, story=exchange.log.read_text)
        assert Engine.objects.get(pk=dead).closed_at


def test_a_killed_gateway_finds_its_calls_again(exchange):
    exchange.peer("answer")
    with Voice(voice=[say({"pause": {"length": 30}})]) as voice:
        call = place(exchange, voice_callback_url=f"{voice.url}/voice")
        wait_for(lambda: story.fresh(call).status == "answered", story=exchange.log.read_text)
        time.sleep(1.2)
        exchange.kill()
        exchange.start()
        call = final(call, story=exchange.log.read_text)
    assert call.status == "failed"
    assert_billed(call)
