"""The control socket: JSON lines in, numbered and journalled events out."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from telephony.engine.journal import Journal

LINE_MAX = 1024 * 1024


class Channel:
    """One end of the socket pair; losing the other end is no error here."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, descriptor: int) -> Channel:
        """Wrap an inherited socket."""
        sock = socket.socket(fileno=descriptor)
        reader, writer = await asyncio.open_connection(sock=sock, limit=LINE_MAX)
        return cls(reader, writer)

    async def lines(self) -> AsyncIterator[dict[str, Any]]:
        """Yield commands until the socket closes; an unreadable line is skipped."""
        while True:
            try:
                raw = await self._reader.readline()
            except (OSError, ValueError):
                return
            if not raw:
                return
            try:
                line = json.loads(raw)
            except ValueError:
                print("control: unreadable line", file=sys.stderr)
                continue
            if isinstance(line, dict):
                yield line

    def send(self, line: dict[str, Any]) -> None:
        """Queue one line; it is lost when nobody is there, and stays in the journal."""
        if not self._writer.is_closing():
            self._writer.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """Close the socket."""
        self._writer.close()


class Events:
    """Numbers events, writes them to the journal, then sends them."""

    def __init__(self, channel: Channel, journal: Journal) -> None:
        self._channel = channel
        self._journal = journal
        self._seq = 0
        self._acknowledged = 0

    def emit(self, kind: str, leg: str, **fields: Any) -> None:
        """Record and send one event."""
        self._seq += 1
        at = round(time.time(), 3)
        line = {"seq": self._seq, "kind": kind, "at": at, "leg": leg, **fields}
        self._journal.event(line)
        self._channel.send(line)

    def acknowledge(self, seq: int) -> None:
        """Note that events up to here are stored elsewhere."""
        self._acknowledged = max(self._acknowledged, seq)

    def beat(self, legs: dict[str, int]) -> None:
        """Journal the connected time of live legs; without legs, keep the journal short."""
        if legs:
            self._journal.beat(time.time(), legs)
        elif self._acknowledged >= self._seq:
            self._journal.compact()
