"""Text becomes sound: real speech, in the engine's format, made once."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import socket
import stat
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from telephony.tts.client import Speech, SpeechUnavailable, speak

pytestmark = pytest.mark.usefixtures("speech_process")

GREETING = "Hi from Sautikit. Press 1 for sales, or 2 for support."


def samples(speech: Speech) -> np.ndarray:
    with wave.open(str(speech.path), "rb") as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2").astype(float) / 32768


def loudness(sound: np.ndarray, milliseconds: int = 50) -> np.ndarray:
    frame = 8 * milliseconds
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    return np.sqrt((frames**2).mean(axis=1))


def brightness(sound: np.ndarray) -> float:
    """Return the mean frequency of the sound, which differs from voice to voice."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((power * np.fft.rfftfreq(len(sound), 1 / 8000)).sum() / power.sum())


def request(method: str, path: str, body: bytes = b"") -> tuple[int, dict]:
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(settings.TTS_SOCKET)
    connection.request(method, path, body)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, json.loads(answer)


def made() -> int:
    return request("GET", "/healthz")[1]["made"]


@pytest.mark.parametrize(
    ("text", "language", "voice"),
    [
        (GREETING, "en-KE", "woman"),
        (GREETING, "en-KE", "man"),
        ("Karibu Sautikit. Bonyeza moja kwa mauzo, au mbili kwa msaada.", "sw-KE", "woman"),
        ("Karibu Sautikit. Bonyeza moja kwa mauzo, au mbili kwa msaada.", "sw-KE", "man"),
    ],
)
def test_it_speaks_at_a_sane_pace_and_loudness(text, language, voice):
    speech = speak(text=text, language=language, voice=voice)
    sound = samples(speech)
    assert 2500 < speech.milliseconds < 9000
    assert abs(len(sound) / 8 - speech.milliseconds) <= 1
    assert 0.7 < np.abs(sound).max() < 0.9
    loud = loudness(sound)
    assert 0.4 < (loud > 0.02).mean() < 1, "mostly voice, with pauses"
    assert loud[-1] < 0.02, "it ends in silence and is not cut off"


def test_nothing_is_left_above_what_a_telephone_carries():
    sound = samples(speak(text=GREETING, language="en-KE", voice="woman"))
    power = np.abs(np.fft.rfft(sound)) ** 2
    speech_band = (np.fft.rfftfreq(len(sound), 1 / 8000) < 3400) & (
        np.fft.rfftfreq(len(sound), 1 / 8000) > 80
    )
    assert power[speech_band].sum() / power.sum() > 0.95


def test_kiswahili_is_not_read_as_english():
    text = "Karibu Sautikit. Salio lako ni shilingi mia mbili."
    kiswahili = samples(speak(text=text, language="sw-KE", voice="woman"))
    english = samples(speak(text=text, language="en-KE", voice="woman"))
    english_espeak = samples(speak(text=text, language="en-KE", voice="man"))
    kiswahili_man = samples(speak(text=text, language="sw-KE", voice="man"))
    assert len({len(kiswahili), len(english), len(english_espeak), len(kiswahili_man)}) == 4
    assert abs(brightness(kiswahili) - brightness(kiswahili_man)) > 20, "another voice"


def test_an_unknown_voice_and_an_unknown_language_are_still_spoken():
    assert speak(text="Hello.", language="en-KE", voice="Polly.Amy").milliseconds > 300
    assert speak(text="Hello.", language="xx-../..", voice="woman").milliseconds > 300
    assert speak(text="Bonjour tout le monde.", language="fr-FR", voice="woman").milliseconds > 500


def test_the_same_words_are_made_once():
    text = f"Your code is {time.time_ns()}."
    before = made()
    first = speak(text=text, language="en-KE", voice="woman")
    used_before = first.path.stat().st_mtime_ns
    began = time.perf_counter()
    again = speak(text=text, language="en-KE", voice="woman")
    assert time.perf_counter() - began < 0.5
    assert again == first
    assert made() == before + 1
    assert first.path.stat().st_mtime_ns > used_before, "a hit is marked as used"
    assert first.path.parent == Path(settings.VAR_DIR) / "media" / "speech"


def test_eight_who_ask_at_once_share_the_work():
    text = f"Together we are {time.time_ns()}."
    before = made()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(speak, text=text, language="sw-KE", voice="woman") for _ in range(8)]
        assert len({each.result().path for each in asked}) == 1
    assert made() == before + 1


def test_a_long_text_blocks_neither_health_nor_a_short_one():
    long_text = f"{time.time_ns()}. " + "The quick brown fox jumps over the lazy dog. " * 105
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        long_one = pool.submit(speak, text=long_text[:5000], language="en-KE", voice="woman")
        assert request("GET", "/healthz")[0] == 200
        speak(text=f"Short {time.time_ns()}.", language="en-KE", voice="woman")
        assert not long_one.done(), "the long text was still being spoken"
        assert long_one.result().milliseconds > 120_000


def test_a_text_without_an_end_of_sentence_is_spoken_whole():
    speech = speak(text="word " * 400, language="en-KE", voice="woman")
    assert speech.milliseconds > 60_000
    assert speak(text="a" * 1200, language="sw-KE", voice="woman").milliseconds > 1000


@pytest.mark.parametrize("text", ["...", "你好", "\u0000 \u200b", "<b>&amp;</b> [[x]]", "🙂"])
def test_odd_texts_give_a_file_or_a_refusal(text):
    try:
        assert speak(text=text, language="en-KE", voice="woman").milliseconds > 0
    except SpeechUnavailable:
        assert not text.strip("\u0000 ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"text": ""}',
        b'{"text": 5}',
        b'{"text": "Hi", "speed": 2}',
        b'{"text": "Hi", "voice": null}',
        json.dumps({"text": "a" * 5001}).encode(),
    ],
)
def test_it_refuses_what_is_not_a_text(body):
    status, answer = request("POST", "/speak", body)
    assert status == 400
    assert "1 to 5000 characters" in answer["message"]


def test_a_refusal_reaches_the_caller_as_one_exception():
    with pytest.raises(SpeechUnavailable, match="refused"):
        speak(text="", language="en-KE", voice="woman")


def test_without_the_process_the_client_says_so(settings, tmp_path):
    settings.TTS_SOCKET = str(tmp_path / "nobody.sock")
    with pytest.raises(SpeechUnavailable, match="did not answer"):
        speak(text="Hello.", language="en-KE", voice="woman")


def test_only_the_owner_may_use_the_socket():
    assert stat.S_IMODE(Path(settings.TTS_SOCKET).stat().st_mode) == 0o600
