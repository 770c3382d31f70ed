"""What a caller may hear; the runner makes a sound file of each before it is played."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    text: str
    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class Audio:
    url: str


@dataclass(frozen=True, slots=True)
class Silence:
    seconds: int


Prompt = Speech | Audio | Silence
