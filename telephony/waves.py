"""Samples of sound: any PCM WAV file made into what the engine plays, and silence."""

from __future__ import annotations

import io
import os
import tempfile
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from kernel import sound
from telephony.errors import SoundUnavailable

Samples = npt.NDArray[np.int16]
Waves = npt.NDArray[np.float32]

SAMPLE_RATE = 8000
SECONDS_MAX = 3600
# Bytes of a sample that we read ourselves.
WIDTHS = (1, 2, 4)
# F major, up and down, quietly.
MELODY_HERTZ = (349.2, 440.0, 523.3, 698.5, 523.3, 440.0, 349.2, 0.0)
MELODY_LEVEL = 3000


def convert(raw: bytes) -> Samples:
    """Turn WAV, MP3, Ogg or FLAC of any rate into 8 kHz mono samples; raises SoundUnavailable."""
    try:
        with wave.open(io.BytesIO(raw)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        return _decoded(raw)
    if width not in WIDTHS:
        return _decoded(raw)
    samples = _samples(frames, width)
    usable = len(samples) // channels * channels
    mono = samples[:usable].reshape(-1, channels).mean(axis=1).astype(np.float32)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE)
    heard: Samples = np.clip(np.rint(mono * 32767), -32768, 32767).astype(np.int16)
    return heard


def _decoded(raw: bytes) -> Samples:
    """Have another process read what is not plain PCM."""
    try:
        plain = sound.telephone(raw, seconds_max=SECONDS_MAX)
    except sound.NotSound as problem:
        raise SoundUnavailable(f"the file is no sound: {problem}") from None
    with wave.open(io.BytesIO(plain)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)


def _samples(frames: bytes, width: int) -> Waves:
    if width == 1:
        return ((np.frombuffer(frames, np.uint8).astype(np.float32)) - 128) * np.float32(1 / 128)
    kind = "<i2" if width == 2 else "<i4"
    scale = np.float32(1 / 2 ** (8 * width - 1))
    whole = frames[: len(frames) // width * width]
    return np.frombuffer(whole, kind).astype(np.float32) * scale


def silence(seconds: int) -> Samples:
    return np.zeros(seconds * SAMPLE_RATE, np.int16)


def melody() -> Samples:
    """Return what a caller hears who waits: a slow chord, note after note, that may be repeated."""
    beat = np.arange(int(0.5 * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    fade = np.exp(-3 * beat) * np.minimum(1, beat * 200)
    notes = [np.sin(2 * np.pi * hertz * beat) * fade * MELODY_LEVEL for hertz in MELODY_HERTZ]
    return np.concatenate(notes).astype(np.int16)


def save(path: Path, samples: Samples) -> None:
    """Put a file there whole or not at all; the engine may read it at any moment."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    Path(part).replace(path)
