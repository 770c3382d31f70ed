"""A recording as MP3 or Opus: made once when asked for, sealed, and gone with the recording."""

import io
from datetime import timedelta

import av
import numpy as np
import pytest
from django.test import Client

from calls import queries, services
from calls.models import Recording, Rendition
from calls.services.renditions import render_recording
from kernel import sound
from kernel.models import Work
from tests import world
from tests.calls import story
from tests.calls.test_recordings import body, folders, fresh, link_path, path_of, write
from tests.telephony.engine.child import tone_share

__all__ = ["folders"]

pytestmark = pytest.mark.django_db
AT = np.arange(16_000)


def tone(hertz):
    return np.sin(2 * np.pi * hertz * AT / 8000) * 12_000


def stored(*sides):
    """A stored recording with one tone in each channel."""
    call = story.answer(story.place(world.acme()))
    recording = services.start_recording(
        call=call, leg_id=call.winner_id, ticket="dial-1", source="dial", channels=len(sides)
    )
    samples = np.column_stack([tone(each) for each in sides]).astype("<i2")
    write(recording.spool, samples, channels=len(sides))
    services.record_captured(leg_id=recording.leg_id, ticket="dial-1", ms=2000, reason="hangup")
    services.store_recording(recording.id)
    return fresh(recording)


def due():
    return list(Work.objects.filter(name="calls.render_recording").values_list("ref", flat=True))


def make_all():
    for row in Rendition.objects.filter(state="wanted"):
        render_recording(row.id)


def decoded(raw):
    """The channels of a file and its own rate."""
    frames = list(av.open(io.BytesIO(raw)).decode(audio=0))
    wanted = av.AudioResampler(format="s16p", layout=frames[0].layout.name, rate=8000)
    pieces = [it.to_ndarray() for frame in (*frames, None) for it in wanted.resample(frame)]
    return np.concatenate(pieces, axis=1).astype(float)


@pytest.mark.parametrize(("form", "kind"), [("mp3", "audio/mpeg"), ("opus", "audio/ogg")])
def test_another_format_is_made_once_and_then_a_link_plays_it(folders, form, kind):
    api = world.api(world.acme())
    recording = stored(600, 1000)
    first = api.get(f"{path_of(recording)}?format={form}")
    again = api.get(path_of(recording), Accept=kind)
    assert [first.status_code, again.status_code] == [202, 202]
    assert first.json()["status"] == "pending"
    assert int(first.headers["Retry-After"]) >= 1
    assert len(due()) == 1
    make_all()
    answer = api.get(path_of(recording), Accept=f"{kind}, */*;q=0.1")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f".{form}")
    heard = Client().get(link_path(answer.headers["Location"]))
    assert (heard.status_code, heard.headers["Content-Type"]) == (200, kind)
    raw = body(heard)
    assert len(raw) == int(heard.headers["Content-Length"]) < recording.size_bytes * 2
    left, right = decoded(raw)
    assert 1.9 < len(left) / 8000 < 2.2
    assert tone_share(left[4000:12_000], 600) > 0.98
    assert tone_share(right[4000:12_000], 1000) > 0.98
    part = Client().get(link_path(answer.headers["Location"]), headers={"Range": "bytes=10-99"})
    assert (part.status_code, body(part)) == (206, raw[10:100])


def test_wav_stays_the_form_that_is_kept_and_the_default(folders):
    api = world.api(world.acme())
    recording = stored(600)
    for accept in ("", "*/*", "application/json", "audio/wav, audio/mpeg"):
        answer = api.get(path_of(recording), Accept=accept)
        assert answer.headers["Location"].endswith(".wav")
    assert due() == []


def test_a_format_we_do_not_make_is_refused_by_name(folders):
    answer = world.api(world.acme()).get(f"{path_of(stored(600))}?format=flac")
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"][0]["path"] == "format"


def test_whoever_changes_the_ending_of_a_link_gets_that_format(folders):
    recording = stored(600)
    link = link_path(queries.recording_url(recording))
    assert Client().get(link.replace(".wav", ".mp3")).status_code == 202
    assert Client().get(link.replace(".wav", ".exe")).status_code == 404
    make_all()
    (side,) = decoded(body(Client().get(link.replace(".wav", ".mp3"))))
    assert tone_share(side[4000:12_000], 600) > 0.98


def test_what_is_stored_is_sealed_and_goes_with_the_recording(folders):
    recording = stored(600)
    services.has_form(recording, "mp3")
    make_all()
    kept = [path for path in (folders / "kept").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(path.read_bytes().startswith(b"SKR1") for path in kept)
    link = link_path(queries.recording_url(recording, lifetime=timedelta(hours=1), form="mp3"))
    services.delete_recording(recording, actor="user:ann")
    services.erase_recording(recording.id)
    assert not [path for path in (folders / "kept").rglob("*") if path.is_file()]
    assert not Rendition.objects.exists()
    assert Client().get(link).status_code == 410


def test_a_format_that_is_made_after_the_deletion_leaves_nothing(folders):
    recording = stored(600)
    services.has_form(recording, "opus")
    services.delete_recording(recording, actor="user:ann")
    services.erase_recording(recording.id)
    for ref in due():
        assert not Rendition.objects.filter(pk=ref).exists()
    assert not [path for path in (folders / "kept").rglob("*") if path.is_file()]


def test_what_is_no_sound_is_refused_with_a_reason():
    wrong = {
        b"": "not WAV, MP3, Ogg or FLAC",
        b"#EXTM3U\nfile:///etc/hostname": "not WAV, MP3, Ogg or FLAC",
        b"ID3" + bytes(5000): "decoded",
        b"OggS" + bytes(5000): "decoded",
    }
    for raw, reason in wrong.items():
        with pytest.raises(sound.NotSound, match=reason):
            sound.telephone(raw, seconds_max=10)


def test_a_recording_of_two_people_has_a_channel_for_each(folders):
    assert Recording.objects.get(pk=stored(600, 1000).pk).channels == 2
