"""Sounds as a judge needs them: made, coded as G.711, and named again from what was received."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]

RATE: Final = 8000
FRAME: Final = 160
FRAME_SECONDS: Final = 0.02
PCMU, PCMA, KEYS_TYPE = 0, 8, 101

QUIET: Final = "quiet"
VOICE: Final = "voice"
RING: Final = "ring"
# The ringing tone of 425 Hz lies between two of our frequencies, which are whole cycles of a frame.
RINGING: Final = slice(7, 11)
LEVEL: Final = 9000
# A frame softer than this is silence; the smallest step of G.711 is far below.
QUIET_RMS: Final = 60.0
PURE: Final = 0.85
# Shorter ones are edges of something else, or a vowel.
TONE_FRAMES_MIN: Final = 8
VOICE_FRAMES_MIN: Final = 3
# On a busy machine a phone of ours may fall silent for so long.
LATE_FRAMES: Final = 9
# The pauses of a speaker do not end what they say.
BREATH_SECONDS: Final = 1.0

KEYS: Final = "0123456789*#ABCD"
_LOW: Final = (697, 770, 852, 941)
_HIGH: Final = (1209, 1336, 1477, 1633)
_PAD: Final = ("123A", "456B", "789C", "*0#D")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one kind of sound."""

    label: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.label} {self.seconds:.2f}"


def tone(hertz: float, seconds: float, level: int = LEVEL) -> Pcm:
    """Return one frequency; 0 is silence."""
    at = np.arange(round(RATE * seconds))
    return (np.sin(2 * np.pi * hertz * at / RATE) * level).astype(np.int16)


def key_tones(key: str, seconds: float) -> Pcm:
    """Return the two tones of a key, as a phone without signalled keys sends it."""
    row = next(at for at, keys in enumerate(_PAD) if key in keys)
    low, high = _LOW[row], _HIGH[_PAD[row].index(key)]
    return tone(low, seconds, 6000) + tone(high, seconds, 6000)


def wav(samples: Pcm, *, rate: int = RATE, channels: int = 1) -> bytes:
    """Return a WAV file of samples that are 8 kHz mono, at a multiple of that rate."""
    repeated = np.repeat(samples, channels)
    if rate != RATE:
        at = np.arange(len(samples) * rate // RATE) * RATE / rate
        repeated = np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
        repeated = np.repeat(repeated, channels)
    with io.BytesIO() as raw:
        with wave.open(raw, "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(repeated.astype("<i2").tobytes())
        return raw.getvalue()


def read_wav(raw: bytes) -> list[Pcm]:
    """Return the channels of a WAV file of 8 kHz."""
    with wave.open(io.BytesIO(raw)) as file:
        if (file.getsampwidth(), file.getframerate()) != (2, RATE):
            raise ValueError(f"{file.getframerate()} Hz of {8 * file.getsampwidth()} bit")
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return list(data.reshape(-1, file.getnchannels()).T)


@cache
def _levels(payload_type: int) -> Pcm:
    """Return what each of the 256 codes of a law means."""
    codes = np.arange(256)
    if payload_type == PCMU:
        flipped = ~codes & 0xFF
        exponent, mantissa = (flipped >> 4) & 7, flipped & 15
        size = (((mantissa << 3) + 0x84) << exponent) - 0x84
        return np.where(flipped & 0x80, -size, size).astype(np.int16)
    flipped = codes ^ 0x55
    exponent, mantissa = (flipped >> 4) & 7, flipped & 15
    size = np.where(exponent > 0, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0), 0)
    size = np.where(exponent > 0, size, (mantissa << 4) + 8)
    return np.where(flipped & 0x80, size, -size).astype(np.int16)


@cache
def _nearest(payload_type: int) -> npt.NDArray[np.uint8]:
    """Return the code of each of the 65536 levels."""
    levels = _levels(payload_type).astype(np.int32)
    order = np.argsort(levels, kind="stable")
    middle = (levels[order][1:] + levels[order][:-1]) / 2
    return order[np.searchsorted(middle, np.arange(-32768, 32768))].astype(np.uint8)


def decode(payload: bytes, payload_type: int) -> Pcm:
    return _levels(payload_type)[np.frombuffer(payload, np.uint8)]


def encode(samples: Pcm, payload_type: int = PCMA) -> bytes:
    return _nearest(payload_type)[samples.astype(np.int32) + 32768].tobytes()


def name_frame(samples: Pcm) -> str:
    """Say what 20 ms are: silence, a pure tone by its hertz, two tones, or something else."""
    signal = samples.astype(np.float64)
    power = float(signal @ signal)
    if power / max(1, len(signal)) < QUIET_RMS**2:
        return QUIET
    spectrum = np.abs(np.fft.rfft(signal)) ** 2
    spectrum[0] = 0
    total = float(spectrum.sum()) or 1.0
    first, second = (int(each) for each in np.argsort(spectrum)[:-3:-1])
    hertz = RATE // len(signal)
    if spectrum[first] > PURE * total:
        return str(first * hertz)
    if float(spectrum[RINGING].sum()) > PURE * total:
        return RING
    if spectrum[first] + spectrum[second] > PURE * total:
        low, high = sorted((first * hertz, second * hertz))
        return f"{low}+{high}"
    return VOICE


def runs(labels: list[str]) -> list[Run]:
    """Join the names of frames into stretches; what is too short belongs to what surrounds it."""
    found = _joined([(label, 1) for label in labels])
    named = [(label if _is_long(label, size) else VOICE, size) for label, size in found]
    blurred = _joined(named)
    # Less than three frames of something are the edge between two others.
    kept = [each for each in blurred if each[0] != VOICE or each[1] >= VOICE_FRAMES_MIN]
    whole = _bridged(_joined(kept))
    return [Run(label, size * FRAME_SECONDS) for label, size in _spoken(whole)]


def runs_of(samples: Pcm) -> list[Run]:
    """Name what a recording holds."""
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    return runs([name_frame(frame) for frame in whole])


def _is_long(label: str, size: int) -> bool:
    return label in (QUIET, VOICE) or size >= TONE_FRAMES_MIN


def _joined(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    joined: list[tuple[str, int]] = []
    for label, size in pieces:
        if joined and joined[-1][0] == label:
            joined[-1] = (label, joined[-1][1] + size)
        else:
            joined.append((label, size))
    return joined


def _bridged(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Let a tone go on over a gap that a late packet left."""
    done: list[tuple[str, int]] = []
    for label, size in pieces:
        gap = len(done) > 1 and done[-1][0] == QUIET and done[-2][0] == label
        if gap and done[-1][1] <= LATE_FRAMES:
            (_, pause), (_, before) = done.pop(), done.pop()
            size += pause + before
        done.append((label, size))
    return done


def _spoken(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Let a voice go on over its own pauses."""
    done: list[tuple[str, int]] = []
    for label, size in pieces:
        pause = len(done) > 1 and done[-1][0] == QUIET and done[-2][0] == VOICE
        if label == VOICE and pause and done[-1][1] * FRAME_SECONDS < BREATH_SECONDS:
            (_, gap), (_, before) = done.pop(), done.pop()
            size += gap + before
        done.append((label, size))
    return done
