"""A recording drawn for the console: one bar for each stretch, one row for each channel."""

from __future__ import annotations

from dataclasses import dataclass

from calls.models import Recording

STEP = 4
ROW_HEIGHT = 40
LEAST = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: the louder it is, the higher the bar around the middle of its row."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Player:
    """A recording with its picture."""

    recording: Recording
    bars: tuple[Bar, ...]
    width: int
    height: int


def draw(recording: Recording) -> Player:
    """Lay the waveform of a recording out."""
    levels = recording.waveform
    channels = recording.channels
    stretches = len(levels) // channels
    bars = tuple(
        _bar(level, at % stretches, at // stretches)
        for at, level in enumerate(levels[: stretches * channels])
    )
    return Player(recording, bars, max(1, stretches) * STEP, channels * ROW_HEIGHT)


def _bar(level: int, place: int, channel: int) -> Bar:
    height = max(LEAST, level * (ROW_HEIGHT - LEAST) // 100)
    return Bar(place * STEP, channel * ROW_HEIGHT + (ROW_HEIGHT - height) // 2, height)
