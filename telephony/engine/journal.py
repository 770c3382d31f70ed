"""The journal: every event and every second's beat, on disk before anyone is told."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPACT_BYTES = 4 * 1024 * 1024


class Journal:
    """Append-only lines that survive a kill of the process; one write call a line."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def event(self, line: dict[str, Any]) -> None:
        """Write one event."""
        self._write(line)

    def beat(self, at: float, legs: dict[str, int]) -> None:
        """Write how long each live leg has been connected."""
        self._write({"beat": round(at, 3), "legs": legs})

    def compact(self) -> None:
        """Empty a long journal; the caller knows that every event of it is stored elsewhere."""
        if os.fstat(self._file).st_size > COMPACT_BYTES:
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        try:
            os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")
        except OSError as error:
            # A full disk must not cut calls; the event still goes out over the socket.
            print(f"journal: {error}", file=sys.stderr)


@dataclass
class Record:
    """What a journal says: its events, and the legs it left open with their last beat."""

    events: list[dict[str, Any]] = field(default_factory=list)
    last_beat: float | None = None
    open_legs: dict[str, int] = field(default_factory=dict)


def read(path: Path) -> Record:
    """Return what a dead engine left; a line cut off by its death is skipped."""
    record = Record()
    for raw in path.read_bytes().splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if "beat" in line:
            record.last_beat = line["beat"]
            record.open_legs.update(line["legs"])
            continue
        record.events.append(line)
        if line["kind"] == "ended":
            record.open_legs.pop(line["leg"], None)
        elif line["kind"] in ("incoming", "answered"):
            record.open_legs.setdefault(line["leg"], 0)
    return record
