"""Recordings of handset calls: stereo, heard on the left, said on the right."""

import asyncio
import contextlib
import wave
from pathlib import Path

import numpy as np

from sandbox.carrier.g711 import Samples
from sandbox.carrier.rtp import FRAME, RATE

FRAMES_MAX = 50 * 60 * 20
KEPT = 20
WAIT_SECONDS = 3


class Recorder:
    """Collect the two sides of one call; after twenty minutes it stops listening."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left: list[Samples] = []
        self.right: list[Samples] = []
        self.written = asyncio.Event()

    def hear(self, frame: Samples) -> None:
        """Keep what came in."""
        if len(self.left) < FRAMES_MAX:
            self.left.append(frame)

    def say(self, frame: Samples) -> None:
        """Keep what went out."""
        if len(self.right) < FRAMES_MAX:
            self.right.append(frame)

    async def keep(self) -> None:
        """Write the file beside the loop and let those go on who wait for it."""
        await asyncio.to_thread(self.write)
        self.written.set()

    async def wait(self) -> None:
        """Wait for the file of a call that has just ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.written.wait(), WAIT_SECONDS)

    def write(self) -> None:
        """Write the file and forget the oldest ones."""
        length = min(len(self.left), len(self.right)) * FRAME
        if length == 0:
            return
        both = np.stack([np.concatenate(self.left)[:length], np.concatenate(self.right)[:length]])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(self.path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(both.T.astype("<i2").tobytes())
        self.left, self.right = [], []
        prune(self.path.parent)


def prune(folder: Path) -> None:
    """Keep the newest recordings only."""
    files = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files[KEPT:]:
        path.unlink(missing_ok=True)
