"""One connected browser: what it is told and asked, as JSON over the socket that `live` pipes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

# Messages that may wait for a slow browser; past it the line is dropped.
WAITING_MAX = 200


@dataclass(eq=False)
class Line:
    """A browser that is reached under an address; several may share one and ring together."""

    address: str
    socket: web.WebSocketResponse
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))

    # The fields are those of the message.
    def tell(self, kind: str, **fields: Any) -> None:
        """Send one message; a browser that takes none is cut off."""
        try:
            self.waiting.put_nowait(json.dumps({"type": kind, **fields}))
        except asyncio.QueueFull:
            self.cut()

    def cut(self) -> None:
        """Drop the connection; its end hangs up what it was in."""
        transport = self.socket.get_extra_info("transport")
        if transport is not None:
            transport.abort()

    async def write(self) -> None:
        """Send what waits, in order, until cancelled."""
        while True:
            await self.socket.send_str(await self.waiting.get())
