"""What was said: written once, kept with the recording, erased with it, asked again when it may help."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from calls import services
from calls.models import CallEvent, Transcript
from calls.ports import Heard, NotRecognised, recogniser
from calls.services import transcripts
from kernel import clock
from kernel.models import Work
from tests import world
from tests.calls.test_recordings import begin, capture, folders, fresh, path_of

__all__ = ["folders"]

pytestmark = pytest.mark.django_db


class Scripted:
    """A recogniser that answers what the test says."""

    name = "scripted"
    # The settings name the class, so a test reaches no instance.
    answers = []

    def recognise(self, path):
        assert Path(path).read_bytes().startswith(b"RIFF")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def scripted(settings):
    settings.RECOGNISER = f"{__name__}.Scripted"
    Scripted.answers = []
    return Scripted.answers


def wanted(callback_url=""):
    recording = begin()
    transcript = services.want_transcript(recording, callback_url=callback_url)
    due = Work.objects.filter(name="calls.transcribe", ref=str(transcript.id))
    assert due.count() == 0
    capture(recording)
    services.store_recording(recording.id)
    assert due.count() == 1
    return fresh(recording), transcript


def row(transcript):
    return Transcript.objects.get(pk=transcript.pk)


def seen(recording):
    answer = world.api(world.acme()).get(path_of(recording) + "s")
    return answer.json()["data"][0]["transcript"]


def test_the_words_are_kept_with_the_recording_and_shown(scripted, client):
    recording, transcript = wanted()
    assert seen(recording)["status"] == "pending"
    scripted.append(Heard("call me back", 83))
    assert transcripts.transcribe(transcript.id) is None
    assert seen(recording) == {
        "status": "completed",
        "text": "call me back",
        "confidence_percent": 83,
        "recogniser": "scripted",
        "reason": None,
    }
    line = CallEvent.objects.filter(call=recording.call).order_by("number").last()
    assert (line.kind, "text" in line.payload) == ("recording.transcribed", False)
    assert Work.objects.filter(name="telephony.post_transcript").count() == 0
    assert transcripts.transcribe(transcript.id) is None
    page = world.browser(world.amina()).get(f"/calls/{recording.call_id}").content.decode()
    assert "call me back" in page
    assert "83" in page


def test_a_recogniser_that_is_away_is_asked_again_and_one_that_refuses_is_not(scripted):
    recording, transcript = wanted("https://example.com/said")
    for _ in transcripts.PAUSES:
        scripted.append(NotRecognised("away", may_pass=True))
        assert transcripts.transcribe(transcript.id) > clock.now()
        assert row(transcript).state == "wanted"
    scripted.append(NotRecognised("away", may_pass=True))
    assert transcripts.transcribe(transcript.id) is None
    assert (row(transcript).state, row(transcript).problem) == ("failed", "away")
    assert seen(recording)["reason"] == "away"
    assert Work.objects.filter(name="telephony.post_transcript").count() == 1

    _, refused = wanted()
    scripted.append(NotRecognised("no", may_pass=False))
    assert transcripts.transcribe(refused.id) is None
    assert row(refused).state == "failed"


def test_the_words_are_erased_with_the_sound(scripted):
    recording, transcript = wanted()
    scripted.append(Heard("a secret", 90))
    transcripts.transcribe(transcript.id)
    services.delete_recording(recording, actor="user:ann")
    services.erase_recording(recording.id)
    assert row(transcript).text == ""


def test_words_that_come_after_the_deletion_are_not_kept(scripted, monkeypatch):
    recording, transcript = wanted()

    def recognise(self, path):
        services.delete_recording(recording, actor="user:ann")
        return Heard("a secret", 90)

    monkeypatch.setattr(Scripted, "recognise", recognise)
    transcripts.transcribe(transcript.id)
    assert row(transcript).text == ""


def test_a_recording_that_nobody_wants_in_words_is_not_listened_to():
    recording = begin()
    capture(recording)
    services.store_recording(recording.id)
    assert Work.objects.filter(name="calls.transcribe").count() == 0
    assert seen(recording) is None


# --- Recognisers ------------------------------------------------------------------------------


@contextmanager
def service(status, text):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/audio/transcriptions", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, b'{"text": "Habari yako", "confidence": 0.914}', Heard("Habari yako", 91)),
        (200, b'{"text": "Habari yako"}', Heard("Habari yako", None)),
        (200, b"Habari", False),
        (200, b"[]", False),
        (400, b"{}", False),
        (429, b"{}", True),
        (503, b"{}", True),
    ],
)
def test_any_recogniser_over_http_is_asked_with_a_form(settings, tmp_path, status, text, outcome):
    path = tmp_path / "said.wav"
    path.write_bytes(b"RIFF....WAVE")
    settings.RECOGNISER = "telephony.recognition.over_http.HttpRecogniser"
    settings.RECOGNISER_KEY, settings.RECOGNISER_MODEL = "key-1", "whisper-1"
    with service(status, text) as (settings.RECOGNISER_URL, asked):
        if isinstance(outcome, Heard):
            assert recogniser().recognise(path) == outcome
        else:
            with pytest.raises(NotRecognised) as problem:
                recogniser().recognise(path)
            assert problem.value.may_pass is outcome
    headers, body = asked[0]
    assert headers["Authorization"] == "Bearer key-1"
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="call.wav"' in body
    assert b"RIFF....WAVE" in body
    assert b"whisper-1" in body
