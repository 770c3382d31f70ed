"""The life of a recording on our side: stored once, fetched by a link, deleted, expired, lost."""

import wave
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client

from calls import queries, services, vault
from calls.models import Recording
from kernel import clock
from kernel.models import AuditEntry, Event, Work
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db
SAMPLES = (np.sin(np.arange(12_000) / 3) * 16_000).astype("<i2")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "kept"},
        },
    }
    yield tmp_path


def begin(ticket="record-2"):
    call = story.answer(story.place(world.acme()))
    return services.start_recording(
        call=call, leg_id=call.winner_id, ticket=ticket, source="record"
    )


def write(path, samples=SAMPLES, *, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def capture(recording):
    write(recording.spool)
    services.record_captured(
        leg_id=recording.leg_id, ticket=recording.ticket, ms=1500, reason="silence"
    )


def ready():
    recording = begin()
    capture(recording)
    assert services.store_recording(recording.id) is None
    return fresh(recording)


def fresh(recording):
    return Recording.objects.get(pk=recording.pk)


def path_of(recording):
    return f"/v1/calls/{recording.call_id}/recording"


def link_path(url):
    return "/recordings/" + url.rpartition("/")[2]


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_recording_is_pending_until_it_is_stored_and_then_a_link_plays_it(folders):
    api = world.api(world.acme())
    recording = begin()
    answer = api.get(path_of(recording))
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "10")
    assert answer.json() == {"status": "pending", "retry_after_seconds": 10}
    capture(recording)
    assert api.get(path_of(recording)).json()["retry_after_seconds"] == 2

    services.store_recording(recording.id)
    recording = fresh(recording)
    assert (recording.state, recording.duration_ms, recording.channels) == ("ready", 1500, 1)
    assert not recording.spool.exists()
    answer = api.get(path_of(recording))
    assert answer.status_code == 302
    url = answer.headers["Location"]
    played = Client().get(link_path(url))
    assert (played.status_code, played.headers["Content-Type"]) == (200, "audio/wav")
    sound = body(played)
    assert len(sound) == recording.size_bytes == int(played.headers["Content-Length"])
    assert sound[44:] == SAMPLES.tobytes()
    (kept,) = [path for path in (folders / "kept").rglob("*") if path.is_file()]
    assert SAMPLES.tobytes()[:64] not in kept.read_bytes()
    assert str(recording.workspace_id) in str(kept)


def test_a_stretch_of_the_sound_can_be_asked_for():
    recording = ready()
    path = link_path(queries.recording_url(recording))
    whole = body(Client().get(path))
    size = len(whole)
    for header, start, stop in [
        ("bytes=0-", 0, size),
        ("bytes=100-199", 100, 200),
        (f"bytes=20000-{size + 9}", 20_000, size),
        ("bytes=-500", size - 500, size),
    ]:
        answer = Client().get(path, headers={"Range": header, "Accept-Encoding": "gzip"})
        assert body(answer) == whole[start:stop]
        if (start, stop) != (0, size):
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
    answer = Client().get(path, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
    for odd in ("bytes=", "bytes=-", "lines=1-2", "bytes=1-2,5-6"):
        assert Client().get(path, headers={"Range": odd}).status_code == 200
    answer = Client().head(path)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert body(answer) == b""


def test_a_link_dies_and_cannot_be_made_up():
    recording = ready()
    late = queries.recording_url(recording, lifetime=timedelta(seconds=-2))
    assert Client().get(link_path(late)).status_code == 404
    assert Client().get("/recordings/bm9ib2R5.wav").status_code == 404
    stream = queries.stream_token(recording.call)
    assert Client().get(f"/recordings/{stream}.wav").status_code == 404


def test_it_is_announced_once_and_the_time_line_keeps_no_link():
    recording = ready()
    services.store_recording(recording.id)
    (event,) = Event.objects.filter(kind="recording.ready")
    told = event.payload
    assert told["recording_id"] == str(recording.id)
    assert (told["duration_seconds"], told["size_bytes"]) == (2, recording.size_bytes)
    assert Client().get(link_path(told["download_url"])).status_code == 200
    row = recording.call.events.get(kind="recording.ready")
    assert "download_url" not in row.payload


def test_a_call_without_a_recording_and_a_strangers_call_are_not_found():
    call = story.place(world.acme())
    answer = world.api(world.acme()).get(f"/v1/calls/{call.id}/recording")
    assert (answer.status_code, world.code_of(answer)) == (404, "calls.recording_not_found")
    recording = ready()
    stranger = world.api(world.chege())
    assert world.code_of(stranger.get(path_of(recording))) == "calls.not_found"
    gone = stranger.delete(f"/v1/recordings/{recording.id}")
    assert (gone.status_code, world.code_of(gone)) == (404, "calls.recording_not_found")
    test_key = world.api(world.acme(), mode="test")
    assert test_key.delete(f"/v1/recordings/{recording.id}").status_code == 404


def test_hearing_is_a_scope_of_its_own_and_is_written_down():
    recording = ready()
    deaf = world.api(world.acme(), scopes=["calls.read"])
    assert deaf.get(path_of(recording)).status_code == 403
    listening = world.api(world.acme(), scopes=["recordings.read"])
    assert listening.get(path_of(recording)).status_code == 302
    assert listening.delete(f"/v1/recordings/{recording.id}").status_code == 403
    (row,) = AuditEntry.objects.filter(action_kind="recordings.read")
    assert row.subject == str(recording.id)
    assert row.actor.startswith("key:")
    assert row.after == {"call_id": str(recording.call_id)}


def test_a_deleted_recording_is_gone_for_ever(folders):
    recording = ready()
    link = link_path(queries.recording_url(recording))
    api = world.api(world.acme())
    assert api.delete(f"/v1/recordings/{recording.id}").status_code == 204
    assert api.delete(f"/v1/recordings/{recording.id}").status_code == 204
    answer = api.get(path_of(recording))
    assert (answer.status_code, world.code_of(answer)) == (410, "calls.recording_expired")
    assert Client().get(link).status_code == 410
    services.erase_recording(recording.id)
    services.erase_recording(recording.id)
    assert list((folders / "kept").rglob("*.sealed")) == []
    (row,) = api.get(f"{path_of(recording)}s").json()["data"]
    assert (row["status"], row["end_reason"]) == ("deleted", "silence")
    assert AuditEntry.objects.filter(action_kind="recordings.delete").count() == 1


def test_one_that_is_deleted_while_it_is_captured_is_never_stored():
    recording = begin()
    services.delete_recording(recording, actor="tests")
    capture(recording)
    assert not Work.objects.filter(name="calls.store_recording").exists()
    services.erase_recording(recording.id)
    assert not recording.spool.exists()
    assert fresh(recording).state == "deleted"


class Meanwhile(FileSystemStorage):
    """A storage that is slow enough for somebody to delete the recording it takes."""

    def save(self, name, content, max_length=None):
        kept = super().save(name, content, max_length)
        services.delete_recording(Recording.objects.get(), actor="tests")
        return kept


def test_one_that_is_deleted_while_it_is_stored_leaves_no_file(folders, settings):
    kept = settings.STORAGES["recordings"] | {"BACKEND": f"{__name__}.Meanwhile"}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}
    recording = begin()
    capture(recording)
    services.store_recording(recording.id)
    assert fresh(recording).state == "deleted"
    assert list((folders / "kept").rglob("*.sealed")) == []
    assert not recording.spool.exists()


def test_recordings_expire(settings):
    recording = ready()
    assert services.expire_recordings() == 0
    days = (recording.expires_at - recording.ready_at).days
    assert days == settings.RECORDING_DAYS == 90
    Recording.objects.update(expires_at=clock.now())
    assert services.expire_recordings() == 1
    answer = world.api(world.acme()).get(path_of(recording))
    assert world.code_of(answer) == "calls.recording_expired"


def test_a_dead_engines_part_is_saved_and_what_is_not_there_is_lost():
    saved, lost = begin("a"), begin("b")
    write(vault.part_of(saved))
    story.end(saved.call, connected_ms=2_000, ended_by="lost", sip_code=None)
    story.end(lost.call, connected_ms=2_000, ended_by="lost", sip_code=None)
    assert fresh(saved).state == fresh(lost).state == "captured"
    assert services.store_recording(saved.id) is None
    assert services.store_recording(lost.id) is None
    assert (fresh(saved).state, fresh(saved).duration_ms) == ("ready", 1500)
    assert fresh(lost).state == "lost"
    answer = world.api(world.acme()).get(path_of(lost))
    assert (answer.status_code, world.code_of(answer)) == (410, "calls.recording_expired")


def test_a_worker_that_is_too_early_looks_again_and_a_broken_file_is_lost():
    recording = begin()
    services.record_captured(
        leg_id=recording.leg_id, ticket=recording.ticket, ms=1500, reason="silence"
    )
    assert services.store_recording(recording.id) > clock.now()
    recording.spool.parent.mkdir(parents=True)
    recording.spool.write_bytes(b"no sound")
    assert services.store_recording(recording.id) is None
    assert fresh(recording).state == "lost"


def test_the_newest_recording_that_is_not_gone_is_the_one():
    first = ready()
    second = services.start_recording(
        call=first.call, leg_id=first.leg_id, ticket="record-9", source="record"
    )
    assert queries.current_recording(first.call) == second
    services.delete_recording(second, actor="tests")
    assert queries.current_recording(first.call) == first


def test_the_page_of_the_call_draws_and_plays_it_for_those_who_may():
    recording = ready()
    page = world.browser(world.brian()).get(f"/calls/{recording.call_id}").content.decode()
    assert f'id="recording-{recording.id}"' in page
    assert page.count("<rect x=") >= 160
    assert "<audio controls" in page
    assert "Delete recording" not in page
    answer = world.browser(world.brian()).get(
        f"/calls/{recording.call_id}/recordings/{recording.id}"
    )
    assert answer.status_code == 302
    assert Client().get(link_path(answer.headers["Location"])).status_code == 200
    assert AuditEntry.objects.filter(
        action_kind="recordings.read", actor=f"user:{world.brian().pk}"
    ).exists()
    owner = world.browser(world.amina())
    assert "Delete recording" in owner.get(f"/calls/{recording.call_id}").content.decode()
    path = f"/calls/{recording.call_id}/recordings/{recording.id}/delete"
    assert owner.client.post(path).status_code == 302
    assert fresh(recording).state == "deleted"
    other = world.browser(world.chege().owner).get(
        f"/calls/{recording.call_id}/recordings/{recording.id}"
    )
    assert other.status_code == 404
