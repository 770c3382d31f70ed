"""Measure recorded audio: energy over time, and the share of one frequency."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 8000


def channels(path: Path) -> list[np.ndarray]:
    """Return each channel as samples from -1 to 1."""
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        split = samples.reshape(-1, file.getnchannels()).T
    return [channel.astype(np.float64) / 32768 for channel in split]


def loudness(samples: np.ndarray, window_ms: int = 100) -> np.ndarray:
    """Return the root mean square of each window."""
    size = RATE * window_ms // 1000
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.sqrt((whole**2).mean(axis=1))


def purity(samples: np.ndarray, hertz: float) -> float:
    """Return the share of the energy that lies within 20 Hz of a frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    near = spectrum[np.abs(frequencies - hertz) <= 20].sum()
    return float(near / max(spectrum.sum(), 1e-12))


def likeness(heard: np.ndarray, wanted: np.ndarray) -> float:
    """Return how surely a sound is part of another: 1 is itself, noise stays below 0.4.

    It is looked for in pieces of 0.2 s, since a busy machine may lose or repeat a frame.
    """
    size = RATE // 5
    pieces = wanted[: len(wanted) // size * size].reshape(-1, size)
    loud = [piece for piece in pieces if np.sqrt((piece**2).mean()) > 0.02]
    return float(np.median([_best_match(heard, piece) for piece in loud]))


def _best_match(heard: np.ndarray, piece: np.ndarray) -> float:
    length = 1 << (len(heard) + len(piece)).bit_length()
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(piece, length))
    products = np.fft.irfft(spectrum, length)[: len(heard) - len(piece) + 1]
    sums = np.concatenate([[0.0], np.cumsum(heard**2)])
    energies = np.maximum(sums[len(piece) :] - sums[: -len(piece)], 1e-3)
    return float((products / np.sqrt(energies * (piece**2).sum())).max())
