"""Customers' servers for benches and faults: good ones, black holes and ones that flap, on one port."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Arrivals:
    """What came to each path: (event id, moment), in order."""

    keep: bool = True
    by_path: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    def note(self, path: str, event_id: str) -> None:
        if self.keep:
            self.by_path.setdefault(path, []).append((event_id, time.time()))


class Receiver(asyncio.Protocol):
    """Answers `/ok/…` with 200, `/flap/…` with 500 half of the time, and `/hole/…` never."""

    def __init__(self, arrivals: Arrivals, chance: random.Random) -> None:
        self._arrivals = arrivals
        self._chance = chance
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end].decode("latin-1")
            fields = dict(
                line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
            )
            length = int(fields.get("content-length", 0))
            if len(self._held) < end + 4 + length:
                return
            self._held = self._held[end + 4 + length :]
            self._answer(head.split(" ", 2)[1], fields.get("x-sautikit-event-id", ""))

    def _answer(self, path: str, event_id: str) -> None:
        assert self._transport is not None
        if path.startswith("/hole"):
            return
        if path.startswith("/flap") and self._chance.random() < 0.5:
            self._transport.write(BROKEN)
            return
        self._arrivals.note(path, event_id)
        self._transport.write(OK)


async def serve(arrivals: Arrivals, *, seed: int = 0, port: int = 0) -> tuple[asyncio.Server, int]:
    """Start the receivers and return them with their port."""
    chance = random.Random(seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Receiver(arrivals, chance), "127.0.0.1", port, backlog=1000
    )
    return server, server.sockets[0].getsockname()[1]


async def main() -> None:
    """Serve until the one who started us is gone; the port is the first line of the output."""
    server, port = await serve(Arrivals(keep=False))
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
