"""The picture of a sound file: its length and how loud each stretch of it is."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STRETCHES = 160
FULL_SCALE = 32768


class NotSound(Exception):
    """The file is not a 16-bit WAV file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of a file; the picture is from 0 to 100, one channel after the other."""

    milliseconds: int
    size_bytes: int
    channels: int
    waveform: list[int]


def measure(path: Path) -> Sound:
    """Read a recording once; raises NotSound."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as problem:
        raise NotSound(f"{path.name}: {problem}") from None
    if width != 2 or not rate:
        raise NotSound(f"{path.name}: {8 * width} bit at {rate} Hz")
    samples = np.frombuffer(frames[: len(frames) // 2 // channels * 2 * channels], "<i2")
    sides = samples.reshape(-1, channels).T
    return Sound(
        milliseconds=sides.shape[1] * 1000 // rate,
        size_bytes=path.stat().st_size,
        channels=channels,
        waveform=[level for side in sides for level in _levels(side)],
    )


def _levels(side: np.ndarray[tuple[int], np.dtype[np.int16]]) -> list[int]:
    """Return the peak of each stretch; a short file has fewer stretches than a picture has room."""
    if not len(side):
        return []
    stretches = np.array_split(np.abs(side.astype(np.int32)), min(STRETCHES, len(side)))
    return [int(stretch.max()) * 100 // FULL_SCALE for stretch in stretches]
