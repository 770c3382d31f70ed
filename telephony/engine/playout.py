"""The jitter buffer: received audio laid out by its RTP time and read one frame a tick."""

from __future__ import annotations

import numpy as np

from telephony.engine.codec import FRAME, Pcm

# A power of two, so that positions stay continuous when the 32-bit RTP time wraps.
SIZE = 8192
DELAY = FRAME * 3
# A peer whose clock runs ahead may fill this much before we jump forward to the usual delay.
LEAD_MAX = DELAY + FRAME * 4
CONCEALED_FRAMES = 3
FADE = 0.6


class Playout:
    """A ring of samples with a fixed delay and a fading repeat where packets are missing."""

    def __init__(self) -> None:
        self._ring = np.zeros(SIZE, np.int16)
        self._filled = np.zeros(SIZE, np.bool_)
        self._next: int | None = None
        self._last: Pcm = np.zeros(FRAME, np.int16)
        self._missing = 0
        self._late = 0

    def push(self, timestamp: int, samples: Pcm) -> None:
        """Lay samples at their time; too late or too far restarts the time line."""
        lead = self._lead(timestamp)
        if lead is None or lead > LEAD_MAX or lead < -SIZE or self._late > 4:
            self._restart(timestamp)
        elif lead < 0:
            self._late += 1
            return
        self._late = 0
        where = (timestamp + np.arange(len(samples))) % SIZE
        self._ring[where] = samples
        self._filled[where] = True

    def pull(self) -> Pcm:
        """Return the frame that is due now."""
        if self._next is None:
            return np.zeros(FRAME, np.int16)
        where = (self._next + np.arange(FRAME)) % SIZE
        self._next = (self._next + FRAME) & 0xFFFFFFFF
        filled = self._filled[where]
        if not filled.any():
            return self._conceal()
        self._filled[where] = False
        self._missing = 0
        self._last = np.where(filled, self._ring[where], 0).astype(np.int16)
        return self._last

    def _conceal(self) -> Pcm:
        """Repeat the last frame a few times, quieter each time, then be silent."""
        self._missing += 1
        if self._missing > CONCEALED_FRAMES:
            return np.zeros(FRAME, np.int16)
        self._last = (self._last * FADE).astype(np.int16)
        return self._last

    def _lead(self, timestamp: int) -> int | None:
        if self._next is None:
            return None
        return (timestamp - self._next + 0x80000000) % 0x100000000 - 0x80000000

    def _restart(self, timestamp: int) -> None:
        self._next = (timestamp - DELAY) & 0xFFFFFFFF
        self._filled[:] = False
