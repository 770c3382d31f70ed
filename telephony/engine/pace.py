"""Work at a steady pace: the 20 ms of media, the second of the journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

TICK_SECONDS = 0.02
RESYNC_SECONDS = 1.0


async def every(seconds: float, work: Callable[[float], None]) -> None:
    """Call work on an absolute schedule; after a stall of a second, start a new schedule."""
    due = time.monotonic()
    while True:
        work(time.monotonic())
        due += seconds
        wait = due - time.monotonic()
        if wait < -RESYNC_SECONDS:
            due = time.monotonic()
        await asyncio.sleep(max(0.0, wait))
