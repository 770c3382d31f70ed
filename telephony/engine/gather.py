"""Collecting digits: a small state machine that knows neither sockets nor clocks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Gather:
    """One collection in progress; every method returns the reason when it is over, else None."""

    id: str
    num_digits: int
    timeout_s: float
    finish_on_key: str
    digits: str = ""
    deadline: float | None = None

    def prompt_ended(self, now: float) -> None:
        """Start the timeout; a prompt that a key cut off has started it already."""
        if self.deadline is None:
            self.deadline = now + self.timeout_s

    def press(self, key: str, now: float) -> str | None:
        """Take one key; every key restarts the timeout."""
        if key in self.finish_on_key:
            return "key"
        self.digits += key
        self.deadline = now + self.timeout_s
        if self.num_digits and len(self.digits) >= self.num_digits:
            return "full"
        return None

    def overdue(self, now: float) -> str | None:
        """Return ``timeout`` once the wait after the prompt or the last key is over."""
        if self.deadline is not None and now >= self.deadline:
            return "timeout"
        return None
