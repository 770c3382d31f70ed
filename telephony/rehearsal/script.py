"""What the caller and the outside do in a rehearsal, one thing after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("digits", "silence", "recorded", "dialled", "left", "hangup")
STATUSES = ("answered", "busy", "no-answer", "failed")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that happens at the next wait it fits; each kind has its own fields."""

    kind: str
    digits: str = ""
    status: str = "answered"
    seconds: int | None = None


class Script:
    """The inputs still to come. One that does not fit a wait stays for a later one."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self._left = deque(inputs)

    def take(self, *kinds: str) -> Input | None:
        """Return the next input if it is one of these."""
        if self._left and self._left[0].kind in kinds:
            return self._left.popleft()
        return None

    @property
    def unused(self) -> int:
        return len(self._left)
