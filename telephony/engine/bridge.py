"""Two legs that hear each other, and the recording of what they say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from telephony.engine.codec import FRAME, FRAME_SECONDS, SAMPLE_RATE, Codec, Pcm
from telephony.engine.legs import Leg
from telephony.engine.recorder import File

RINGBACK_HERTZ = 425
RINGBACK_LEVEL = 6000
RINGBACK_ON_SECONDS = 1
RINGBACK_OFF_SECONDS = 4
RINGBACK_LONGEST_SECONDS = 300
SILENCE: Pcm = np.zeros(FRAME, np.int16)


@dataclass(eq=False)
class Bridge:
    """Each side hears the other; in a recording the first is left and the second right."""

    id: str
    first: Leg
    second: Leg
    file: File | None = None
    _from_second: Pcm | None = None

    def other(self, leg: Leg) -> Leg:
        """Return the one who hears what this leg says."""
        return self.second if leg is self.first else self.first

    def carry(self, leg: Leg, frame: Pcm) -> Pcm:
        """Take one frame that a leg said to the other one, and to the file."""
        self.other(leg).media.voice = frame
        if leg is self.second:
            self._from_second = frame
        elif self.file:
            right, self._from_second = self._from_second, None
            self.file.add(frame, SILENCE if right is None else right)
        return frame

    def press(self, leg: Leg, key: str) -> None:
        """Let the other side hear a key."""
        self.other(leg).press(key)

    def open(self) -> None:
        """Let both sides listen."""
        for leg in (self.first, self.second):
            leg.bridge = self
            leg.joints.append(self)
            leg.media.want(self)

    def close(self) -> int:
        """Part the sides and return how many milliseconds were recorded."""
        for leg in (self.first, self.second):
            leg.bridge = None
            leg.joints.remove(self)
            leg.media.unwant(self)
            leg.media.voice = None
        if self.file is None:
            return 0
        self.file.close()
        return round(self.file.frames * FRAME_SECONDS * 1000)


@cache
def ringback(codec: Codec) -> bytes:
    """Return what a caller hears while the other side rings, as whole frames."""
    at = np.arange(RINGBACK_ON_SECONDS * SAMPLE_RATE, dtype=np.float32)
    tone = np.sin(at * np.float32(2 * np.pi * RINGBACK_HERTZ / SAMPLE_RATE)) * RINGBACK_LEVEL
    pause = codec.quiet(round(RINGBACK_OFF_SECONDS / FRAME_SECONDS))
    cycles = RINGBACK_LONGEST_SECONDS // (RINGBACK_ON_SECONDS + RINGBACK_OFF_SECONDS)
    return (codec.encode(tone.astype(np.int16)) + pause) * cycles
