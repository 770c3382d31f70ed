import io
import wave

import numpy as np
import pytest

from kernel.ids import uuid7
from telephony import sounds, waves
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Audio, Silence, Speech
from tests.telephony.engine.child import tone_share


def recording(*, rate=8000, channels=1, width=2, hertz=440, seconds=1.0):
    time = np.arange(int(rate * seconds)) / rate
    wave_form = np.sin(2 * np.pi * hertz * time)
    if width == 1:
        samples = np.rint(wave_form * 100 + 128).astype(np.uint8)
    else:
        samples = np.rint(wave_form * (2 ** (8 * width - 2))).astype(f"<i{width}")
    raw = io.BytesIO()
    with wave.open(raw, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return raw.getvalue()


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_wav_of_any_rate_becomes_what_the_engine_plays(rate, channels, width):
    heard = waves.convert(recording(rate=rate, channels=channels, width=width))
    assert heard.dtype == np.int16
    assert abs(len(heard) - 8000) <= 2
    assert tone_share(heard[400:-400].astype(float), 440) > 0.95


@pytest.mark.parametrize("raw", [b"", b"ID3 mp3", b"RIFF\x00\x00\x00\x00WAVE", b"OggS"])
def test_what_is_no_sound_is_named(raw):
    with pytest.raises(SoundUnavailable, match="no sound"):
        waves.convert(raw)


def test_silence_is_as_long_as_was_asked():
    with wave.open(str(sounds.make(Silence(2), call_id=uuid7()))) as file:
        assert file.getnframes() == 16_000
        assert not any(file.readframes(16_000))


def test_a_recording_on_a_private_address_is_not_fetched():
    with pytest.raises(SoundUnavailable):
        sounds.make(Audio("http://127.0.0.1:1/x.wav"), call_id=uuid7())


@pytest.mark.parametrize(
    "prompt", [Speech("Habari", "sw-KE", "woman"), Audio("https://x.example/a"), Silence(3)]
)
def test_a_prompt_survives_being_stored(prompt):
    assert sounds.prompt_from_json(sounds.prompt_as_json(prompt)) == prompt
