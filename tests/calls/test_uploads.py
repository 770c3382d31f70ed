"""Sound files that customers keep with us: judged by content, played by an address, gone in time."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.models import Upload
from calls.services import closing, uploads
from kernel import clock
from kernel.models import AuditEntry
from numbers.models import Number
from numbers.services import route_number
from tests import world
from tests.calls import sounds
from tests.world import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PUBLIC_URL = "https://api.example"
    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "kept"},
        },
    }
    return tmp_path / "kept"


@pytest.fixture
def secret():
    return world.api_key(world.acme(), scopes=["numbers.claim"])


def send(secret, raw, *, name="a.bin", kind="application/octet-stream", key="", field="file"):
    """Post a form with one file, as curl does."""
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    form = {field: SimpleUploadedFile(name, raw, kind)}
    return Client().post("/v1/uploads/audio", form, headers=headers)


def play(url):
    return Client().get("/uploads/" + url.rpartition("/")[2])


FILES = {
    "wav": (sounds.wav(), "audio/wav"),
    "wav of a studio": (sounds.wav(rate=44_100, channels=2), "audio/wav"),
    "mp3": (sounds.coded("libmp3lame", "mp3"), "audio/mpeg"),
    "ogg with Opus": (sounds.coded("libopus", "ogg"), "audio/ogg"),
    "flac": (sounds.coded("flac", "flac"), "audio/flac"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_play_can_play_is_known_by_its_content_and_played_back(secret, name):
    raw, mime_type = FILES[name]
    answer = send(secret, raw, name="greeting.txt", kind="text/plain")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["size_bytes"], told["mime_type"]) == (len(raw), mime_type)
    heard = play(told["url"])
    assert b"".join(heard.streaming_content) == raw
    assert heard.headers["Content-Type"] == mime_type


NO_SOUNDS = {
    "nothing": b"",
    "words": b"hello",
    "a paper": b"%PDF-1.7 " * 50,
    "a film": b"RIFF\x10\0\0\0AVI LIST",
    "an empty Ogg": b"OggS" + bytes(200),
    "an empty MP3": b"\xff\xfb" + bytes(50),
    "half a head": sounds.wav()[:30],
    "a picture": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("name", NO_SOUNDS)
def test_what_is_no_sound_is_refused_whatever_it_is_called(secret, name):
    answer = send(secret, NO_SOUNDS[name], name="greeting.wav", kind="audio/wav")
    assert (answer.status_code, code_of(answer)) == (415, "uploads.unsupported_audio")
    assert answer.json()["error"]["doc_url"].endswith("/errors/uploads.unsupported_audio")
    assert Upload.objects.count() == 0


def test_a_file_that_is_too_large_is_refused(secret):
    raw = sounds.wav() + bytes(uploads.BYTES_MAX)
    answer = send(secret, raw)
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
    answer = send(secret, raw + bytes(200_000))
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


def test_a_large_file_passes(secret):
    raw = sounds.wav(sounds.tone(seconds=300))
    assert len(raw) > 4 * 1024 * 1024
    answer = send(secret, raw)
    assert answer.status_code == 201
    assert b"".join(play(answer.json()["url"]).streaming_content) == raw


def test_forms_without_the_one_file_are_refused_in_the_envelope(secret):
    assert code_of(send(secret, sounds.wav(), field="sound")) == "validation.bad_request"
    api = world.Api(secret)
    answer = api.post("/v1/uploads/audio", {"file": "x"})
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")
    assert "multipart/form-data" in answer.json()["error"]["message"]
    headers = {"Authorization": f"Bearer {secret}"}
    for body, kind in (
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary="),
    ):
        answer = Client().post("/v1/uploads/audio", body, content_type=kind, headers=headers)
        assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request"), body


def test_a_key_needs_the_scope_that_claims_numbers():
    answer = send(world.api_key(world.acme(), scopes=["calls.write"]), sounds.wav())
    assert (answer.status_code, code_of(answer)) == (403, "api_key.scope_denied")


def test_a_session_sends_no_forms_so_it_uploads_nothing():
    browser = world.browser(world.acme().owner).client
    for body in ({"file": SimpleUploadedFile("a.wav", sounds.wav())}, {"file": ""}):
        answer = browser.post("/v1/uploads/audio", body)
        assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")
    answer = browser.post("/v1/uploads/audio", {"file": "x"}, content_type="application/json")
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")
    assert Upload.objects.count() == 0


def test_the_same_file_with_the_same_key_is_kept_once_whatever_the_boundary(secret):
    first = send(secret, sounds.wav(), key="greeting-1", name="a.wav")
    again = send(secret, sounds.wav(), key="greeting-1", name="b.wav")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Upload.objects.count() == 1
    other = send(secret, sounds.wav(sounds.tone(900)), key="greeting-1")
    assert (other.status_code, code_of(other)) == (409, "idempotency.conflict")


def test_uploads_are_slowed_down(secret, monkeypatch):
    monkeypatch.setattr("calls.api_uploads.BURST", 2)
    answers = [send(secret, sounds.wav()) for _ in range(3)]
    assert [it.status_code for it in answers] == [201, 201, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_a_workspace_keeps_so_many_files_and_no_more(secret, monkeypatch):
    monkeypatch.setattr(uploads, "KEPT_MAX", 1)
    assert send(secret, sounds.wav()).status_code == 201
    answer = send(secret, sounds.wav())
    assert (answer.status_code, code_of(answer)) == (409, "uploads.too_many")


def test_it_is_sealed_at_rest_and_written_down_in_the_audit_log(secret, folder):
    send(secret, sounds.wav())
    (kept,) = (path for path in folder.rglob("*") if path.is_file())
    assert sounds.tone().tobytes()[:64] not in kept.read_bytes()
    entry = AuditEntry.objects.get(action_kind="uploads.added")
    assert entry.after == {"kind": "wav", "size_bytes": len(sounds.wav())}


def test_an_address_that_was_changed_or_has_ended_plays_nothing(secret):
    url = send(secret, sounds.wav()).json()["url"]
    assert play(url[:-6] + "x.wav").status_code == 404
    assert play(url.replace(".wav", ".mp3")).status_code == 404
    upload = Upload.objects.get()
    assert timedelta(days=6.9) < upload.expires_at - clock.now() <= timedelta(days=7)
    upload.expires_at = clock.now() - timedelta(seconds=5)
    assert play(uploads.address(upload)).status_code == 404


def age(upload, **left):
    Upload.objects.filter(pk=upload.pk).update(expires_at=clock.now() + timedelta(**left))
    return Upload.objects.get(pk=upload.pk)


def test_a_file_is_deleted_once_its_address_has_ended_unless_a_routing_names_it(secret, folder):
    where = world.acme()
    kept = age(Upload.objects.get(pk=_id(send(secret, sounds.wav()))), hours=-1)
    gone = age(Upload.objects.get(pk=_id(send(secret, sounds.wav()))), hours=-1)
    fresh = Upload.objects.get(pk=_id(send(secret, sounds.wav())))
    number = world.claim(where)
    route_number(number, changes={"voicemail_greeting": uploads.address(kept)})
    assert uploads.renew_routed() == 1
    assert uploads.sweep_uploads() == 1
    assert set(Upload.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert not storages["recordings"].exists(gone.file)
    greeting = Number.objects.get(pk=number.pk).voicemail_greeting
    assert b"".join(play(greeting).streaming_content) == sounds.wav()
    assert uploads.renew_routed() == 0


def _id(answer):
    return uploads.of_link(answer.json()["url"].rpartition("/")[2].partition(".")[0]).pk


def test_an_address_in_the_routing_of_another_workspace_is_not_renewed(secret):
    upload = age(Upload.objects.get(pk=_id(send(secret, sounds.wav()))), hours=1)
    number = world.claim(world.chege())
    route_number(number, changes={"voicemail_greeting": uploads.address(upload)})
    assert uploads.renew_routed() == 0
    assert uploads.sweep_uploads() == 0


def test_closing_a_workspace_deletes_its_files_and_nobody_elses(secret, folder):
    send(secret, sounds.wav())
    send(world.api_key(world.chege()), sounds.wav())
    closing.close_calls(world.acme().workspace.id)
    assert list(Upload.objects.values_list("workspace_id", flat=True)) == [world.chege().id]
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_the_reader_of_strangers_files_may_write_none():
    done = subprocess.run(
        [sys.executable, "-m", "kernel.sound", "kind", ""],
        input=sounds.wav(), capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.stdout == b"wav"
