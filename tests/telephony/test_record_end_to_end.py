"""A caller leaves a message: SIPp speaks, the file is stored, the customer's server is told."""

import io
import wave

import numpy as np
import pytest
from django.test import Client

from calls.models import Recording
from kernel.models import Event
from tests import world
from tests.calls import story
from tests.telephony.engine.child import loud, tone_share, write_speech
from tests.telephony.exchange import Voice, final, say, wait_for, xml
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, exchange, tmp_path):
    """The worker of the tests and the engine share a folder, as on one machine."""
    settings.VAR_DIR = exchange.folder
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}


def speak(exchange, *parts):
    speech = write_speech(exchange.folder / "speech.al", *parts)
    return exchange.peer("speak", speech=speech)


def place(exchange, voice):
    return story.place(world.acme(), to=[exchange.friend], voice_callback_url=f"{voice.url}/voice")


def ready(call, exchange):
    found = Recording.objects.filter(call=call, state="ready")
    return wait_for(found.first, story=exchange.log.read_text)


def sound_of(answer):
    with wave.open(io.BytesIO(b"".join(answer.streaming_content))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def test_a_message_is_recorded_stored_and_announced(exchange):
    speak(exchange, (0, 0.8), (600, 1.2), (0, 9))
    record = {"timeout": 1, "playBeep": False, "action": "/left"}
    with Voice(voice=[say({"record": record})], left=[say({"hangup": {}})]) as voice:
        call = final(place(exchange, voice), story=exchange.log.read_text)
        assert voice.paths() == ["/voice", "/left"]
        told = voice.asked[1][1]
    recording = ready(call, exchange)
    assert told["recordingId"] == str(recording.id)
    assert told["recordingStatus"] == recording.end_reason == "silence"
    assert told["recordingDurationInSeconds"] == told["RecordingDuration"] == "2"

    answer = world.api(world.acme()).get(f"/v1/calls/{call.session_id}/recording")
    assert answer.status_code == 302
    for url in (answer.headers["Location"], told["recordingUrl"]):
        samples = sound_of(Client().get("/recordings/" + url.rpartition("/")[2]))
        assert tone_share(loud(samples), 600) > 0.98
        assert 1.1 < len(loud(samples)) / 8000 < 1.3
        assert len(samples) / 8 == recording.duration_ms < 1_700
    assert Event.objects.filter(kind="recording.ready", call_id=call.id).count() == 1
    kinds = story.kinds(call)
    assert kinds.index("voice.record") < kinds.index("voice.recorded") < kinds.index("voice.hangup")
    assert not recording.spool.exists()
    assert_books_are_right()


def test_a_caller_who_hangs_up_leaves_the_message_and_the_server_is_told(exchange):
    speech = write_speech(exchange.folder / "speech.al", (600, 9))
    exchange.peer("speak_leave", speech=speech, stay_ms=4_000)
    document = xml('<Response><Record playBeep="false" callbackUrl="/left"/></Response>')
    with Voice(voice=[document], left=[say()]) as voice:
        call = final(place(exchange, voice), story=exchange.log.read_text)
        left = wait_for(lambda: [it for it in voice.asked if it[0] == "/left"])
        assert left[0][1]["recordingStatus"] == "hangup"
        wait_for(lambda: [it for it in voice.asked if it[1].get("isActive") == "0"][1:])
        assert [it[1]["recordingUrl"] != "" for it in voice.asked[1:]] == [True, True]
    recording = ready(call, exchange)
    assert recording.end_reason == "hangup"
    assert 1_000 < recording.duration_ms < 4_100
    assert call.status == "completed"
    samples = sound_of(Client().get("/recordings/" + left[0][1]["recordingUrl"].rpartition("/")[2]))
    assert tone_share(loud(samples), 600) > 0.98


def test_a_killed_engine_loses_no_more_than_the_last_second(exchange):
    speak(exchange, (600, 20))
    with Voice(voice=[say({"record": {"playBeep": False}})]) as voice:
        call = place(exchange, voice)
        wait_for(lambda: Recording.objects.filter(call=call).exists(), story=exchange.log.read_text)
        wait_for(lambda: list((exchange.folder / "spool").rglob("*.part")))
        exchange.kill_engine()
        call = final(call, story=exchange.log.read_text)
        recording = ready(call, exchange)
        wait_for(lambda: exchange.engine() and exchange.engine().sip_port)
    assert (call.failure_code, recording.end_reason) == ("engine_lost", "lost")
    assert recording.duration_ms >= 1_000
