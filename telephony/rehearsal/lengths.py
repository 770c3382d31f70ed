"""How long things take in a rehearsal: estimates, because nothing is spoken and nobody is called."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.money import div_ceil

CHARACTERS_PER_SECOND = 14
SOUND_SECONDS = 5
KEY_SECONDS = 1
RING_SECONDS = 5
REFUSAL_SECONDS = 2
TALK_SECONDS = 30


def heard_seconds(kind: str, payload: Mapping[str, object]) -> int:
    """Return how long the caller hears what a note tells of; 0 for what is not heard."""
    times = _whole(payload.get("times", 1))
    match kind:
        case "voice.say" | "voice.consent":
            return times * div_ceil(len(str(payload["text"])), CHARACTERS_PER_SECOND)
        case "voice.play":
            return times * SOUND_SECONDS
        case "voice.pause":
            return _whole(payload["seconds"])
    return 0


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
