"""A caller leaves a spoken message: the words reach the customer, signed, and are asked for again."""

import numpy as np
import pytest

from calls import services
from calls.models import Recording, Transcript
from kernel import clock
from kernel.signing import signature
from telephony import transcripts
from telephony.engine.codec import PCMA
from telephony.recognition.pocket import PocketSphinx
from telephony.tts.audio import telephone
from telephony.tts.voices import Voices
from tests import world
from tests.calls import story
from tests.calls.test_recordings import write
from tests.telephony.exchange import Voice, final, say, wait_for, worker, xml

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = "Please call me back tomorrow about my account balance."


@pytest.fixture(scope="module")
def spoken():
    """The message as 8 kHz samples."""
    voices = Voices()
    parts = [voices.speak(each, language="en", voice="woman") for each in voices.sentences(MESSAGE)]
    pcm = telephone(parts, voices.rate(language="en", voice="woman"))
    return np.frombuffer(bytes(pcm), "<i2")


@pytest.fixture
def folders(settings, exchange, tmp_path):
    settings.VAR_DIR = exchange.folder
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}


def leave_message(exchange, spoken):
    quiet = np.zeros(8000, np.int16)
    path = exchange.folder / "message.al"
    path.write_bytes(PCMA.encode(np.concatenate((quiet[:4000], spoken, *([quiet] * 12)))))
    exchange.peer("speak", speech=path)


def test_the_words_of_a_message_are_posted_signed(exchange, folders, spoken):
    leave_message(exchange, spoken)
    document = xml(
        '<Response><Record playBeep="false" timeout="2" action="/left" transcribe="true" '
        'transcribeCallback="/words"/></Response>'
    )
    with Voice(voice=[document], left=[say()]) as voice:
        where = world.acme()
        call = story.place(where, to=[exchange.friend], voice_callback_url=f"{voice.url}/voice")
        call = final(call, story=exchange.log.read_text)
        posts = lambda: [it for it in voice.asked if it[0] == "/words"]  # noqa: E731
        wait_for(posts, story=exchange.log.read_text)
        _path, form, headers, body, _query = posts()[0]
    words = form["transcriptionText"].split()
    assert {"call", "back", "tomorrow", "account", "balance"} <= set(words)
    assert form["transcriptionStatus"] == form["TranscriptionStatus"] == "completed"
    assert 0.2 < float(form["transcriptionConfidence"]) <= 1
    assert form["CallId"] == str(call.id)
    recording = Recording.objects.get(call=call)
    assert form["recordingId"] == str(recording.id)
    at = headers["X-Sautikit-Signature"].split(",")[0].removeprefix("t=")
    secret = call.number.voice_signing_secret or call.workspace.signing_secret
    assert signature(secret, body, int(at)) in headers["X-Sautikit-Signature"]
    kept = Transcript.objects.get(recording=recording)
    assert (kept.text, kept.recogniser, kept.posts) == (
        form["transcriptionText"],
        "pocketsphinx",
        1,
    )


def test_a_server_that_is_away_is_told_again_later_and_one_that_took_it_is_not():
    call = story.answer(story.place(world.acme()))
    leg_id = call.winner_id
    recording = services.start_recording(call=call, leg_id=leg_id, ticket="r-1", source="record")
    with Voice(words=[say()]) as voice:
        url = f"{voice.url}/words"
    kept = services.want_transcript(recording, callback_url=url)
    Transcript.objects.filter(pk=kept.pk).update(state="done", text="call me back")
    for tries, pause in enumerate(transcripts.PAUSES, 1):
        before = clock.now()
        assert transcripts.post(kept.id) >= before + pause
        assert Transcript.objects.get(pk=kept.pk).posts == tries
    assert transcripts.post(kept.id) is None
    assert story.kinds(call)[-1] == "voice.error"
    with Voice(words=[say()]) as voice, worker():
        Transcript.objects.filter(pk=kept.pk).update(callback_url=f"{voice.url}/words")
        assert transcripts.post(kept.id) is None
        assert transcripts.post(kept.id) is None
        assert [form["transcriptionText"] for _, form, *_ in voice.asked] == ["call me back"]


def test_silence_has_no_words_and_what_is_no_wav_is_not_understood(tmp_path):
    from calls.ports import NotRecognised

    write(tmp_path / "quiet.wav", np.zeros(8000, "<i2"))
    heard = PocketSphinx().recognise(tmp_path / "quiet.wav")
    assert (heard.text, heard.confidence_percent) == ("", 0)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(NotRecognised):
        PocketSphinx().recognise(tmp_path / "broken.wav")
