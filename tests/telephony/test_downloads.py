"""Sound files of customers: WAV, MP3, Ogg and FLAC, kept as long as their server says, never too much."""

import io
import os
import threading
import time
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import numpy as np
import pytest

from kernel import http, sound
from telephony import downloads
from telephony.errors import SoundUnavailable
from tests.telephony.engine.child import tone_share
from tests.telephony.test_make_sounds import recording

VORBIS = ("vorbis", "ogg", "fltp", 2)
FLAC = ("flac", "flac", "s16", 1)
MULAW = ("pcm_mulaw", "wav", "s16", 1)


class Shop:
    """A customer's file server, which counts what it is asked."""

    def __init__(self):
        self.files = {}
        self.asked = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.asked.append(dict(self.headers))
                raw, headers = owner.files.get(self.path, (None, {}))
                same = headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]
                self.send_response(304 if same else 404 if raw is None else 200)
                for name, value in headers.items():
                    self.send_header(name, value)
                body = b"" if same or raw is None else raw
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def shop():
    before = http.policy()
    http.configure(http.Policy(allow_loopback=True))
    made = Shop()
    yield made
    made.close()
    http.configure(before)


def encoded(codec, container, form, channels, *, hertz=440, seconds=2, rate=44_100):
    """A tone in a format of FFmpeg's."""
    layout = "stereo" if channels == 2 else "mono"
    at = np.arange(rate * seconds) / rate
    samples = (np.sin(2 * np.pi * hertz * at) * 12_000).astype(np.int16)
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.layout, stream.format, stream.options = layout, form, {"strict": "experimental"}
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        wanted = av.AudioResampler(format=form, layout=layout, rate=rate)
        for each in (frame, None):
            for piece in wanted.resample(each):
                file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()


def mp3(tmp_path, **options):
    path = tmp_path / "tone.wav"
    path.write_bytes(recording(rate=16_000, seconds=2, **options))
    return sound.encode(path, "mp3")


def heard(path):
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def stale(path):
    """Let the time be over in which a file is used without asking."""
    note = path.with_suffix(".json")
    note.write_text('{"etag": "\\"v1\\"", "last_modified": "", "fresh_until": 0}')


@pytest.mark.parametrize("form", ["wav", "mp3", "vorbis", "opus", "flac", "mulaw"])
def test_every_common_format_is_played(shop, tmp_path, form):
    plain = tmp_path / "tone.wav"
    plain.write_bytes(recording(rate=16_000, seconds=2))
    raw = {
        "wav": plain.read_bytes,
        "mp3": lambda: sound.encode(plain, "mp3"),
        "opus": lambda: sound.encode(plain, "opus"),
        "vorbis": lambda: encoded(*VORBIS),
        "flac": lambda: encoded(*FLAC),
        "mulaw": lambda: encoded(*MULAW, rate=8000),
    }[form]()
    shop.files["/a"] = (raw, {})
    samples = heard(downloads.get(f"{shop.url}/a", tmp_path))
    assert 1.9 < len(samples) / 8000 < 2.15
    assert tone_share(samples[2000:-2000], 440) > 0.98


def test_a_file_is_fetched_once_while_it_is_fresh_and_confirmed_after(shop, tmp_path):
    first, second = recording(hertz=440), recording(hertz=1000)
    shop.files["/a"] = (first, {"ETag": '"v1"', "Cache-Control": "public, max-age=600"})
    url = f"{shop.url}/a"
    path = downloads.get(url, tmp_path)
    assert downloads.get(url, tmp_path) == path
    assert len(shop.asked) == 1
    stale(path)
    downloads.get(url, tmp_path)
    assert shop.asked[1]["If-None-Match"] == '"v1"'
    assert tone_share(heard(path)[1000:7000], 440) > 0.98
    stale(path)
    shop.files["/a"] = (second, {"ETag": '"v2"'})
    downloads.get(url, tmp_path)
    assert tone_share(heard(path)[1000:7000], 1000) > 0.98
    assert len(shop.asked) == 3


def test_what_must_not_be_kept_is_asked_for_each_time(shop, tmp_path):
    shop.files["/a"] = (recording(), {"Cache-Control": "no-store"})
    for _ in range(3):
        downloads.get(f"{shop.url}/a", tmp_path)
    assert len(shop.asked) == 3


def test_a_server_that_is_away_is_heard_as_it_was(shop, tmp_path):
    shop.files["/a"] = (recording(), {"ETag": '"v1"'})
    path = downloads.get(f"{shop.url}/a", tmp_path)
    stale(path)
    shop.files.clear()
    assert downloads.get(f"{shop.url}/a", tmp_path) == path
    with pytest.raises(SoundUnavailable, match="answered 404"):
        downloads.get(f"{shop.url}/b", tmp_path)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html>not found</html>", "not WAV, MP3, Ogg or FLAC"),
        (b"ID3" + bytes(2000), "decoded"),
        (bytes(downloads.BYTES_MAX + 1), "larger than 10 MiB"),
    ],
)
def test_what_cannot_be_played_is_named(shop, tmp_path, raw, reason):
    shop.files["/a"] = (raw, {})
    with pytest.raises(SoundUnavailable, match=reason):
        downloads.get(f"{shop.url}/a", tmp_path)
    assert not list(tmp_path.glob("*.wav"))


def test_a_sound_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(sound.NotSound, match="longer than 1 second"):
        sound.telephone(mp3(tmp_path), seconds_max=1)


def test_what_nobody_confirmed_for_a_day_is_forgotten(shop, tmp_path):
    shop.files["/a"] = (recording(), {})
    path = downloads.get(f"{shop.url}/a", tmp_path)
    assert downloads.forget_old(tmp_path) == 0
    old = time.time() - downloads.KEPT_SECONDS - 1
    for each in (path, path.with_suffix(".json")):
        os.utime(each, (old, old))
    assert downloads.forget_old(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
