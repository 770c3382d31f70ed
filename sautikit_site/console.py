"""What the person at the terminal sees of `up`: states, and the log lines worth their attention."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_LOUD: Final = {"warning", "error", "critical"}
_PLAIN_LOUD: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|\[(warning|error|critical)\s*\]")
_HIDDEN: Final = {"event", "level", "timestamp", "logger", "exception"}
_READ_MAX = 200_000
_LINE_MAX = 400
_LINES_MAX = 20
_REPEAT_SECONDS = 30.0
_FORGET_SECONDS = 600.0
_CLOCK: Final = re.compile(r"^[\d:T.,Z+ -]+")


@dataclass(slots=True)
class Repeat:
    """When a line was last shown, and how often it came again since."""

    shown_at: float = float("-inf")
    held_back: int = 0


class Console:
    """One line per process: redrawn in place on a terminal, appended anywhere else."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        self.states: dict[str, str] = {}
        self.drawn = 0
        self.repeats: dict[str, Repeat] = {}

    def say(self, text: str) -> None:
        """Print a sentence; on a terminal it goes above the block of states."""
        self._erase()
        print(text, flush=True)
        self._draw()

    def state(self, name: str, text: str) -> None:
        if not self.live:
            print(f"  {name:<9} {text}", flush=True)
            return
        self._erase()
        self.states[name] = text
        self._draw()

    def line(self, name: str, text: str) -> None:
        """Show a line of a log when it deserves it, and its repetitions only now and then."""
        if shown := worth_showing(text):
            more = self._count(name, shown)
            if more is not None:
                often = f" (and {more} times before)" if more else ""
                self.say(f"  {name:<9} | {shown[:_LINE_MAX]}{often}")

    def settle(self) -> None:
        """Leave the block of states where it is; what comes later is appended below."""
        self.live, self.drawn = False, 0

    def _count(self, name: str, text: str) -> int | None:
        """Return how often this was held back since it was last shown; None holds it back now."""
        now = time.monotonic()
        key = f"{name} {_CLOCK.sub('', text)}"
        self.repeats = {k: r for k, r in self.repeats.items() if now - r.shown_at < _FORGET_SECONDS}
        repeat = self.repeats.setdefault(key, Repeat())
        if now - repeat.shown_at < _REPEAT_SECONDS:
            repeat.held_back += 1
            return None
        held_back, repeat.held_back, repeat.shown_at = repeat.held_back, 0, now
        return held_back

    def _erase(self) -> None:
        if self.drawn:
            sys.stdout.write(f"\x1b[{self.drawn}A\x1b[J")
            self.drawn = 0

    def _draw(self) -> None:
        if self.live and self.states:
            width = shutil.get_terminal_size().columns - 1
            lines = [f"  {name:<9} {text}"[:width] for name, text in self.states.items()]
            print("\n".join(lines), flush=True)
            self.drawn = len(lines)


class LogTail:
    """The end of a growing log file, read without ever slowing the process that writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = self._size()
        self.rest = b""
        self.last: list[str] = []

    def news(self) -> Iterator[str]:
        """Yield the whole lines written since the last time; a flood is cut and said so."""
        size = self._size()
        if size < self.position:
            self.position, self.rest = 0, b""
        if size == self.position:
            return
        with self.path.open("rb") as file:
            file.seek(self.position)
            data = file.read(_READ_MAX)
        self.position += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        texts = [line.decode(errors="replace").rstrip() for line in lines]
        self.last = [*self.last, *filter(None, texts)][-5:]
        yield from texts[:_LINES_MAX]
        if len(texts) > _LINES_MAX and any(map(worth_showing, texts[_LINES_MAX:])):
            yield f"! more of this is in {self.path}"

    def last_line(self) -> str:
        """Return the last thing the process said, which usually is why it died."""
        list(self.news())
        return self.last[-1][:_LINE_MAX] if self.last else ""

    def keep_small(self, limit: int) -> None:
        """Move a log that grew too long aside; writers append, so truncating under them is safe."""
        if self.position > limit:
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            with self.path.open("wb"):
                self.position, self.rest = 0, b""

    def _size(self) -> int:
        with contextlib.suppress(OSError):
            return self.path.stat().st_size
        return 0


def worth_showing(text: str) -> str:
    """Return what a person should see of a log line, or nothing."""
    if text.startswith("!"):
        return text[1:].strip()
    if text.startswith("{"):
        with contextlib.suppress(ValueError):
            return _from_json(json.loads(text))
    return text if _PLAIN_LOUD.search(text) else ""


def _from_json(entry: dict[str, Any]) -> str:
    if str(entry.get("level", "")).lower() not in _LOUD:
        return ""
    facts = " ".join(f"{key}={value}" for key, value in entry.items() if key not in _HIDDEN)
    return f"{entry['level']}: {entry.get('event', '')} {facts}".rstrip()
