"""A closed-loop HTTP load: keep-alive connections that ask again as soon as they are answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Result:
    """What one leg did: answers a second, and how many answers were not what was wanted."""

    per_second: float
    answered: int
    wrong: int


async def run(
    port: int, request: Request, *, wanted_status: int, connections: int, seconds: float
) -> Result:
    """Drive the server for so many seconds; `request(n)` gives the bytes of the n-th request."""
    state = {"next": 0, "answered": 0, "wrong": 0}
    deadline = time.monotonic() + seconds
    started = time.monotonic()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < deadline:
            number = state["next"]
            state["next"] += 1
            writer.write(request(number))
            status = await _read_answer(reader)
            state["answered"] += 1
            state["wrong"] += status != wanted_status
        writer.close()

    await asyncio.gather(*(connection() for _ in range(connections)))
    elapsed = time.monotonic() - started
    return Result(state["answered"] / elapsed, state["answered"], state["wrong"])


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if (at := lower.find(b"content-length:")) >= 0:
        length = int(lower[at + 15 : lower.index(b"\r\n", at)])
        await reader.readexactly(length)
    return status


def get(path: str, *, keys: list[str] | None = None) -> Request:
    """GET again and again, going round the API keys."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    raw = [f"{head}Authorization: Bearer {key}\r\n\r\n".encode() for key in keys or ()]
    raw = raw or [f"{head}\r\n".encode()]
    return lambda number: raw[number % len(raw)]


def post(path: str, parcels: list[tuple[str, bytes]], *, mark: str) -> Request:
    """POST with a fresh Idempotency-Key each time, going round the pairs of API key and body."""

    def request(number: int) -> bytes:
        key, body = parcels[number % len(parcels)]
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {key}\r\n"
            f"Idempotency-Key: {mark}-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    return request
