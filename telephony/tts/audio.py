"""From synthesiser samples to the one format the engine plays: 8 kHz mono 16-bit WAV."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

RATE = 8000
PEAK = 0.8
GAIN_MAX = 4.0
"""Beyond this a near-silent result is noise, and making it louder helps nobody."""
SILENCE_SECONDS = 0.2

Samples = npt.NDArray[np.float32]


def telephone(parts: Sequence[Samples], rate: int) -> bytes:
    """Join the sentences, resample once and level them; returns S16LE at 8 kHz."""
    joined = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    if not joined.size:
        return bytes(2 * int(RATE * SILENCE_SECONDS))
    samples: Samples = soxr.resample(joined, rate, RATE, quality="HQ")
    return bytes((_levelled(samples) * 32767).astype("<i2").tobytes())


def _levelled(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    gain = min(PEAK / peak, GAIN_MAX) if peak else 1.0
    return np.asarray(np.clip(samples * gain, -1.0, 1.0), np.float32)


def write_wav(path: Path, pcm: bytes) -> None:
    with path.open("wb") as file, wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(pcm)


def milliseconds(path: Path) -> int:
    """Return how long a WAV file plays."""
    with path.open("rb") as file, wave.open(file, "rb") as wav:
        return wav.getnframes() * 1000 // wav.getframerate()
