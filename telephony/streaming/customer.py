"""One stream: a leg's audio out to a customer's WebSocket, and what the customer says back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kernel import http_ws
from kernel.http import HttpFailed, Timeouts
from telephony.streaming.buffer import Listening, Speaking

SUBPROTOCOL = "audio.drachtio.org"
TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=10.0)
# A customer who has said five minutes too much is read slowly.
FULL_SECONDS = 0.02
GOING = "Going away"


@dataclass(frozen=True, slots=True)
class Order:
    """What is opened, and for whom."""

    number: int
    url: str
    headers: dict[str, str]
    metadata: str
    listen_hertz: int
    speak_hertz: int

    @classmethod
    def read(cls, line: dict[str, Any]) -> Order:
        return cls(
            number=int(line["number"]),
            url=str(line["url"]),
            headers={str(name): str(value) for name, value in line["headers"].items()},
            metadata=str(line["metadata"]),
            listen_hertz=int(line["listen_hertz"]),
            speak_hertz=int(line["speak_hertz"]),
        )


class Customer:
    """Lives as long as its stream; its faults reach no other stream."""

    def __init__(
        self,
        order: Order,
        *,
        say: Callable[[int, bytes], None],
        tell: Callable[..., None],
    ) -> None:
        self._order = order
        self._say = say
        self._tell = tell
        self._listening = Listening(order.listen_hertz)
        self._speaking = Speaking(order.speak_hertz)
        self._open = False

    async def run(self) -> None:
        """Connect, carry audio until either side leaves, and say how it went."""
        number = self._order.number
        try:
            connection = await http_ws.connect(
                self._order.url,
                subprotocol=SUBPROTOCOL,
                headers=self._order.headers,
                timeouts=TIMEOUTS,
            )
        except HttpFailed as problem:
            self._tell(kind="failed", number=number, reason=problem.reason)
            return
        try:
            await self._carry(connection)
        finally:
            await connection.close(1001, GOING)

    def hear(self, data: bytes) -> None:
        """Take 20 ms of the call, which are the clock of what the customer says too."""
        if not self._open:
            return
        if data:
            self._listening.add(data)
        self._speaking.elapse()
        self._speak()

    async def _carry(self, connection: ClientConnection) -> None:
        number = self._order.number
        try:
            await connection.send(self._order.metadata)
            self._open = True
            self._tell(kind="opened", number=number)
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(connection))
                await self._receive(connection)
                sending.cancel()
        except* ConnectionClosed:
            pass
        self._open = False
        self._tell(
            kind="closed",
            number=number,
            reason=_reason(connection),
            dropped=self._listening.dropped,
        )

    async def _send(self, connection: ClientConnection) -> None:
        while True:
            await connection.send(await self._listening.next())

    async def _receive(self, connection: ClientConnection) -> None:
        async for message in connection:
            if isinstance(message, bytes):
                self._speaking.add(message)
                self._speak()
                await asyncio.sleep(FULL_SECONDS if self._speaking.is_full else 0)
            elif _is_kill(message):
                self._speaking.drop()
                self._tell(kind="silence", number=self._order.number)

    def _speak(self) -> None:
        for frame in self._speaking.due():
            self._say(self._order.number, frame)


def _is_kill(message: str) -> bool:
    try:
        wanted = json.loads(message)
    except ValueError:
        return False
    return isinstance(wanted, dict) and wanted.get("type") == "killAudio"


def _reason(connection: ClientConnection) -> str:
    if connection.close_code in (None, 1006):
        return "the connection was lost"
    said = f": {connection.close_reason}" if connection.close_reason else ""
    return f"the server closed it ({connection.close_code}{said})"[:200]
