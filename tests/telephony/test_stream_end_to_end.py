"""A document streams a call: both forms, in the way or beside it, and what the customer is told."""

import time

import pytest

from tests import world
from tests.calls import story
from tests.telephony.engine.bot import Bot, echo, tone
from tests.telephony.engine.child import loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Exchange, Voice, final, say, wait_for, xml
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def shared_exchange(django_db_setup, tmp_path_factory):
    """A gateway whose streams may reach this machine, as on a sandbox installation."""
    folder = tmp_path_factory.mktemp("exchange")
    with Exchange(folder, trunks=20, ALLOW_PRIVATE_TARGETS="1") as running:
        yield running


def place(exchange, voice, **options):
    where = world.acme()
    return story.place(
        where, to=[exchange.friend], voice_callback_url=f"{voice.url}/voice", **options
    )


def told(voice, event):
    """What the customer's server was told of a stream."""
    forms = [(path, form) for path, form, *_ in voice.asked if form.get("streamEvent") == event]
    return forms[0] if forms else None


def tap(exchange, call):
    time.sleep(0.3)
    return read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")


def test_a_call_stays_in_a_stream_and_ends_with_the_caller(exchange):
    speech = write_speech(exchange.folder / "speech.al", (600, 9))
    exchange.peer("speak_leave", speech=speech, stay_ms=3_500)
    with Bot(echo) as bot:
        stream = {
            "url": bot.url,
            "name": "assistant",
            "connect": True,
            "outputSamplingRate": 16000,
            "headerMetadata": '{"customer": "1842"}',
            "openMetadata": "hello",
            "statusCallback": "/events",
        }
        document = say({"stream": stream}, {"say": {"text": "Never heard."}})
        with Voice(voice=[document], events=[say({"say": {"text": "Ignored."}})]) as voice:
            call = place(exchange, voice, client_request_id="order-1842")
            call = final(call, story=exchange.log.read_text)
            wait_for(lambda: told(voice, "stream-stopped"))
            started = told(voice, "stream-started")
            stopped = told(voice, "stream-stopped")
            assert voice.paths().count("/voice") == 1
        assert bot.left.wait(5)
    (first,) = bot.first
    assert first["streamSid"] == started[1]["streamSid"] == stopped[1]["streamSid"]
    assert (first["sessionId"], first["callId"]) == (call.session_id, str(call.id))
    assert (first["callerNumber"], first["destinationNumber"]) == (call.from_e164, call.to_e164)
    assert (first["headers"], first["openMetadata"]) == ({"customer": "1842"}, "hello")
    assert (first["name"], first["clientRequestId"]) == ("assistant", "order-1842")
    assert first["mediaFormat"]["sampleRate"] == 16000
    assert bot.headers["X-Sautikit-Signature"].startswith("t=")
    path, form = started
    assert (path, form["callSessionState"], form["streamName"]) == (
        "/events",
        "StreamStarted",
        "assistant",
    )
    assert (stopped[1]["callSessionState"], stopped[1]["streamReason"]) == (
        "StreamStopped",
        "hangup",
    )
    assert tone_share(loud(bot.heard(1))[1600:], 600, rate=16000) > 0.95
    _, said = tap(exchange, call)
    assert tone_share(loud(said), 600) > 0.95
    kinds = story.kinds(call)
    assert (
        kinds.index("voice.stream") < kinds.index("stream.started") < kinds.index("stream.stopped")
    )
    assert "voice.say" not in kinds
    assert call.status == "completed"
    assert_books_are_right()


def test_a_stream_beside_the_call_lets_the_document_go_on(exchange):
    exchange.peer("answer")
    with Bot(start=lambda it: it.send(tone(700, 1, 8000))) as bot:
        document = xml(
            f'<Response><Stream url="{bot.url}" statusEvents="stream-stopped"/>'
            '<Pause length="2"/><Hangup/></Response>'
        )
        with Voice(voice=[document]) as voice:
            call = final(place(exchange, voice), story=exchange.log.read_text)
            path, form = wait_for(lambda: told(voice, "stream-stopped"))
            assert told(voice, "stream-started") is None
    assert (path, form["CallSessionState"]) == ("/voice", "StreamStopped")
    _, said = tap(exchange, call)
    assert tone_share(loud(said), 700) > 0.95
    assert 0.9 < len(loud(said)) / 8000 < 1.2
    kinds = story.kinds(call)
    assert kinds.index("voice.stream") < kinds.index("voice.pause") < kinds.index("stream.stopped")


def test_a_stream_that_cannot_be_had_is_told_and_the_next_action_runs(exchange):
    exchange.peer("answer")
    stream = {"url": "wss://10.1.2.3/audio", "connect": True}
    document = say({"stream": stream}, {"pause": {"length": 1}}, {"hangup": {}})
    with Voice(voice=[document]) as voice:
        call = final(place(exchange, voice), story=exchange.log.read_text)
        _, form = wait_for(lambda: told(voice, "stream-error"))
    assert form["streamReason"] == "10.1.2.3 is not a public address"
    assert "voice.pause" in story.kinds(call)
    assert call.status == "completed"
