"""The announcement of a recording: in the document's order, once, and really heard by everybody."""

import json

import numpy as np
import pytest

from calls import services as calls
from calls.models import Call, Recording
from telephony.interpreter.effects import Conference, Note, Play, Record
from telephony.interpreter.events import DocumentArrived, Played, Started
from telephony.interpreter.parse import parse
from telephony.interpreter.session import Session
from telephony.interpreter.step import step
from telephony.rehearsal.play import URL, Plan, rehearse
from telephony.rehearsal.script import Input
from tests import world
from tests.calls import story
from tests.telephony.engine.child import loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Voice, final, say, wait_for
from tests.telephony.tts.conftest import speech_process

# A fixture that is used by its name.
__all__ = ["speech_process"]

VOICE = "https://shop.test/voice"
SAID = "This call may be recorded for training and for quality."


def begun(*actions, announcement=SAID):
    session = Session(voice_url=VOICE, announcement=announcement)
    session, _ = step(session, Started("outbound", already_answered=True))
    document = parse(json.dumps({"actions": actions}).encode())
    return step(session, DocumentArrived(document, VOICE))


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        ({"record": {}}, Record),
        ({"conference": {"name": "standup", "record": True}}, Conference),
    ],
)
def test_the_sentence_is_heard_before_the_recording_begins(action, effect):
    session, done = begun(action)
    note, play = done
    assert (note.kind, note.payload["text"]) == ("voice.consent", SAID)
    assert isinstance(play, Play)
    assert play.prompts[0].text == SAID
    kept = Session.from_json(json.loads(json.dumps(session.to_json())))
    _session, done = step(kept, Played(play.id))
    assert isinstance(done[-1], effect)


def test_it_is_said_once_a_call():
    session, (_note, play) = begun({"record": {}}, {"record": {}})
    assert session.announced
    session, done = step(session, Played(play.id))
    assert step(session, Played(play.id)) == (session, ())
    assert not any(isinstance(it, Play) for it in done)


@pytest.mark.parametrize(
    "action", [{"say": {"text": "Hi"}}, {"conference": {"name": "standup"}}, {"hangup": {}}]
)
def test_what_records_nothing_announces_nothing(action):
    _session, done = begun(action)
    assert not any(isinstance(it, Note) and it.kind == "voice.consent" for it in done)


def test_without_a_sentence_the_recording_begins_at_once():
    _session, done = begun({"record": {}}, announcement="")
    assert isinstance(done[-1], Record)


def test_a_rehearsal_announces_too_also_to_who_is_dialled():
    dial = {"actions": [{"dial": {"number": "+254712345678", "record": True}}]}
    plan = Plan(
        documents={URL: json.dumps(dial).encode()},
        inputs=(Input("dialled", seconds=5), Input("hangup")),
        announcement=SAID,
    )
    kinds = [step.kind for step in rehearse(plan).steps]
    assert kinds.index("voice.dial") < kinds.index("voice.consent") < kinds.index("voice.dialed")


@pytest.fixture
def announced(settings, exchange, speech_process, tmp_path):
    """The worker of the tests and the engine share a folder, as on one machine."""
    settings.VAR_DIR = exchange.folder
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}
    calls.set_recording_policy(
        workspace_id=world.acme().id, keep_days=None, announcement=SAID, language="en-KE",
        actor="tests",
    )  # fmt: skip
    return exchange


def place(voice, caller):
    return story.place(world.acme(), to=[caller], voice_callback_url=f"{voice.url}/voice")


def spoken(exchange, call, before=8_000 * 60):
    """What we said to a caller, as loud stretches of a second."""
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    return loud(sent[:before])


def ready(call, exchange):
    found = Recording.objects.filter(call=call, state="ready")
    return wait_for(found.first, story=exchange.log.read_text)


@pytest.mark.django_db(transaction=True)
def test_a_caller_hears_it_before_the_message_is_recorded(announced):
    exchange = announced
    exchange.peer("speak", speech=write_speech(exchange.folder / "s.al", (0, 8), (600, 2), (0, 9)))
    record = {"timeout": 6, "playBeep": False, "action": "/left", "trim": False}
    with Voice(voice=[say({"record": record})], left=[say({"hangup": {}})]) as voice:
        call = final(place(voice, exchange.friend), story=exchange.log.read_text)
    recording = ready(call, exchange)
    kinds = story.kinds(call)
    assert kinds.index("voice.consent") < kinds.index("voice.record")
    words = spoken(exchange, call)
    # Speech of a few seconds, and no tone of ours.
    assert 2 < len(words) / 8000 < 8
    assert np.sqrt(np.mean(words**2)) > 300
    assert tone_share(words, 600) < 0.5
    assert recording.source == "record"


@pytest.mark.django_db(transaction=True)
def test_both_hear_it_before_they_are_joined_and_recorded(announced):
    exchange = announced
    exchange.peer("speak", speech=write_speech(exchange.folder / "a.al", (600, 20)))
    caller = exchange.friend
    exchange.renew()
    speech = write_speech(exchange.folder / "b.al", (900, 20))
    exchange.peer("speak_leave", speech=speech, stay_ms=9_000)
    dial = {"number": exchange.friend, "record": True, "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=[say({"hangup": {}})]) as voice:
        call = final(place(voice, caller), story=exchange.log.read_text)
        (other,) = Call.objects.filter(parent=call)
        other = final(other, story=exchange.log.read_text)
    recording = ready(call, exchange)
    kinds = story.kinds(call)
    assert kinds.count("voice.consent") == 1
    assert kinds.index("voice.consent") < kinds.index("voice.dialed")
    for leg, tone in ((call, 900), (other, 600)):
        heard = spoken(exchange, leg)
        # First words of ours, then the other's tone.
        assert tone_share(heard[:8_000], tone) < 0.6
        assert tone_share(heard[-8_000:], tone) > 0.9
    # The announcement took some seconds in which nothing was recorded.
    assert recording.duration_ms < other.connected_ms - 2_000
