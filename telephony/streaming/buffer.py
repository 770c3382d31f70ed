"""What waits for a customer, and what a customer wants said: bounded, the oldest goes first."""

from __future__ import annotations

import asyncio
from collections import deque

import numpy as np

from telephony.streaming.resample import Resampler, Samples

FRAME = 160
FRAME_BYTES = FRAME * 2
# What a slow customer may fall behind before it loses the oldest.
LISTEN_FRAMES_MAX = 250
# How much a customer may say ahead of its time.
SPEAK_FRAMES_MAX = 300 * 50
# How many frames the engine holds ahead of the one that is heard.
LEAD_FRAMES = 4
# After this many frames without a word the end of a sentence is not held back for more.
IDLE_FRAMES = 5


class Listening:
    """Frames on their way to the customer."""

    def __init__(self, hertz: int) -> None:
        self.dropped = 0
        self._resampler = Resampler(8000, hertz)
        self._frames: deque[bytes] = deque(maxlen=LISTEN_FRAMES_MAX)
        self._filled = asyncio.Event()

    def add(self, data: bytes) -> None:
        """Take 20 ms of the call; the oldest is lost when the customer is too slow."""
        if len(self._frames) == LISTEN_FRAMES_MAX:
            self.dropped += 1
        heard = self._resampler.feed(np.frombuffer(data, "<i2").astype(np.int16))
        self._frames.append(heard.astype("<i2").tobytes())
        self._filled.set()

    async def next(self) -> bytes:
        """Wait for the next frame."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        return self._frames.popleft()


class Speaking:
    """What the customer says, cut into the engine's frames and handed out in step with the call."""

    def __init__(self, hertz: int) -> None:
        self.dropped = 0
        self._hertz = hertz
        self._resampler = Resampler(hertz, 8000)
        self._odd = b""
        self._rest: Samples = np.zeros(0, np.int16)
        self._frames: deque[bytes] = deque(maxlen=SPEAK_FRAMES_MAX)
        self._ahead = 0
        self._idle = 0

    @property
    def is_full(self) -> bool:
        return len(self._frames) == SPEAK_FRAMES_MAX

    def add(self, data: bytes) -> None:
        """Take audio of any length; half a sample waits for its other half."""
        self._idle = 0
        data = self._odd + data
        self._odd = data[len(data) // 2 * 2 :]
        samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)
        said = np.concatenate((self._rest, self._resampler.feed(samples)))
        whole = len(said) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            self.dropped += self.is_full
            self._frames.append(said[at : at + FRAME].astype("<i2").tobytes())
        self._rest = said[whole:]

    def drop(self) -> None:
        """Forget everything that was not heard yet."""
        self._frames.clear()
        self._odd, self._rest = b"", self._rest[:0]
        self._resampler = Resampler(self._hertz, 8000)
        self._ahead = 0

    def elapse(self) -> None:
        """Note that the call went on by one frame."""
        self._ahead = max(0, self._ahead - 1)
        self._idle += 1
        if self._idle > IDLE_FRAMES and not self._frames and len(self._rest):
            self._frames.append(np.pad(self._rest, (0, FRAME - len(self._rest))).tobytes())
            self._rest = self._rest[:0]

    def due(self) -> list[bytes]:
        """Return the frames that the engine has room for."""
        found = []
        while self._frames and self._ahead < LEAD_FRAMES:
            found.append(self._frames.popleft())
            self._ahead += 1
        return found
