"""Prompts: WAV files encoded once into frames and kept in a small cache."""

from __future__ import annotations

import wave
from collections import OrderedDict
from pathlib import Path

import numpy as np

from telephony.engine.codec import FRAME, SAMPLE_RATE, Codec

BUDGET_BYTES = 32 * 1024 * 1024
LONGEST_SECONDS = 3600


class ClipError(ValueError):
    """The file is missing or is not 8 kHz mono 16-bit WAV."""


class Clips:
    """An LRU cache of encoded files; used by one loader thread, so it takes no lock."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        self._budget = budget
        self._used = 0
        self._kept: OrderedDict[tuple[str, int, int, str], bytes] = OrderedDict()

    def load(self, path: str, codec: Codec) -> bytes:
        """Return a file as whole frames of that codec; ClipError when it cannot be played."""
        try:
            status = Path(path).stat()
            key = (path, status.st_mtime_ns, status.st_size, codec.name)
            if key not in self._kept:
                self._keep(key, _encode(path, codec))
        except (OSError, EOFError, wave.Error) as error:
            raise ClipError(f"{path}: {error}") from error
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: tuple[str, int, int, str], data: bytes) -> None:
        self._kept[key] = data
        self._used += len(data)
        while self._used > self._budget and len(self._kept) > 1:
            self._used -= len(self._kept.popitem(last=False)[1])


def _encode(path: str, codec: Codec) -> bytes:
    with wave.open(path, "rb") as file:
        shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        if shape != (SAMPLE_RATE, 1, 2):
            raise ClipError(f"{path}: want 8000 Hz, mono, 16 bit; got {shape}")
        raw = file.readframes(SAMPLE_RATE * LONGEST_SECONDS)
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.int16)
    data = codec.encode(samples)
    missing = -len(data) % FRAME
    return data + bytes([codec.silence]) * missing
