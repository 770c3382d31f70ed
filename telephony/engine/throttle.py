"""A text stream that lets so much through and counts the rest, so that garbage fills no disk."""

from __future__ import annotations

import io
import time
from typing import TextIO

BURST_CHARACTERS = 32_000
CHARACTERS_PER_SECOND = 4_000
WAKE_CHARACTERS = 8_000


class Throttle(io.TextIOBase):
    """Standard error with a budget; sippy prints a stack trace per unreadable message."""

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._budget = float(BURST_CHARACTERS)
        self._filled_at = time.monotonic()
        self._dropped = 0
        self._muted = False

    def write(self, text: str) -> int:
        """Pass text on while the budget lasts; losing it is no error for the writer."""
        self._refill()
        # Once the budget is gone nothing passes for a while, or only the short ends of lines would.
        self._muted = len(text) > self._budget or (self._muted and self._budget < WAKE_CHARACTERS)
        if self._muted:
            self._dropped += len(text)
            return len(text)
        self._budget -= len(text)
        try:
            if self._dropped:
                self._target.write(f"[{self._dropped} characters of messages dropped]\n")
                self._dropped = 0
            self._target.write(text)
        except (OSError, ValueError):
            self._dropped += len(text)
        return len(text)

    def flush(self) -> None:
        """Flush the real stream."""
        try:
            self._target.flush()
        except (OSError, ValueError):
            return

    def _refill(self) -> None:
        now = time.monotonic()
        gained = (now - self._filled_at) * CHARACTERS_PER_SECOND
        self._budget = min(BURST_CHARACTERS, self._budget + gained)
        self._filled_at = now
