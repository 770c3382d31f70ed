"""What a phone of a case does, step by step: `hear 440; press 12#; say 1000 1.5; wait 0.5`."""

from __future__ import annotations

import time
from typing import Final

from sautikit_site.conformance import waves
from sautikit_site.conformance.ears import Ear

_POLL_SECONDS: Final = 0.02
# So much of a sound has to be there before it counts as heard.
_SURE_FRAMES: Final = 5


class StepFailed(Exception):
    """A step that waits for something waited in vain."""


def do(sentence: str, ear: Ear, deadline: float) -> None:
    """Carry out the steps of a phone that is up; raises StepFailed."""
    heard = 0
    for step in filter(None, map(str.strip, sentence.split(";"))):
        verb, _, value = step.partition(" ")
        match verb:
            case "hear":
                heard = _hear(value, ear, heard, deadline, step)
            case "quiet":
                _wait_for_quiet(float(value), ear, deadline, step)
            case "wait":
                time.sleep(float(value))
            case "press":
                for key in value:
                    time.sleep(ear.press(key))
            case "tones":
                for key in value:
                    ear.say(waves.key_tones(key, 0.12))
                    time.sleep(ear.say(waves.tone(0, 0.12)) + 0.12)
            case "say":
                hertz, _, seconds = value.partition(" ")
                time.sleep(ear.say(waves.tone(float(hertz), float(seconds or 1))))
            case _:
                raise ValueError(f"a phone cannot {step!r}")


def _hear(label: str, ear: Ear, begin: int, deadline: float, step: str) -> int:
    """Wait until a sound is there, and return where it began, so that the next one comes later."""
    while time.monotonic() < deadline:
        labels = ear.labels()
        for at in range(begin, len(labels) - _SURE_FRAMES + 1):
            some = labels[at : at + _SURE_FRAMES]
            if all(_is(label, each) for each in some):
                return at + _SURE_FRAMES
        time.sleep(_POLL_SECONDS)
    raise StepFailed(f"it never got to [{step}]; it heard {list(map(str, ear.heard()))}")


def _is(wanted: str, label: str) -> bool:
    # A vowel may be as pure as a tone.
    return label == wanted or (wanted == waves.VOICE and label != waves.QUIET)


def _wait_for_quiet(seconds: float, ear: Ear, deadline: float, step: str) -> None:
    while time.monotonic() < deadline:
        if ear.packets and time.monotonic() - ear.last_loud_at >= seconds:
            return
        time.sleep(_POLL_SECONDS)
    raise StepFailed(f"it never got to [{step}]; it heard {list(map(str, ear.heard()))}")
