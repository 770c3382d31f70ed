"""The browser's way to a handset: a WebSocket taken by the live process and piped to the sandbox."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
from django.conf import settings

PATH = re.compile(r"/sandbox/phone/(\+254[17]\d{8})/ws")
POLICY_VIOLATION = 1008
TRY_AGAIN = 1013

# ASGI's own shapes.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def handset_socket(scope: Message, receive: Receive, send: Send) -> None:
    """Pipe one page to its handset; refuses when the sandbox is off or the page is not ours."""
    await receive()
    found = PATH.fullmatch(scope["path"])
    if not settings.SANDBOX or found is None or not is_our_page(scope):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    protocols = tuple(scope.get("subprotocols", ()))
    url = f"{settings.SANDBOX_URL}/phones/{found.group(1)}/ws"
    try:
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.ws_connect(url, protocols=protocols) as far,
        ):
            await send({"type": "websocket.accept", "subprotocol": far.protocol})
            await pipe(receive, send, far)
    except aiohttp.ClientError:
        await send({"type": "websocket.close", "code": TRY_AGAIN})


async def pipe(receive: Receive, send: Send, far: aiohttp.ClientWebSocketResponse) -> None:
    """Carry messages both ways until either side leaves."""
    ways = {
        asyncio.create_task(to_handset(receive, far)),
        asyncio.create_task(to_page(far, send)),
    }
    done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def to_handset(receive: Receive, far: aiohttp.ClientWebSocketResponse) -> None:
    """Pass on what the page says."""
    while (message := await receive())["type"] == "websocket.receive":
        await far.send_str(message.get("text") or "")


async def to_page(far: aiohttp.ClientWebSocketResponse, send: Send) -> None:
    """Pass on what the handset shows and says."""
    async for message in far:
        if message.type == aiohttp.WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
    await send({"type": "websocket.close", "code": TRY_AGAIN})


def is_our_page(scope: Message) -> bool:
    """Compare the Origin that the browser states with our own address."""
    headers = dict(scope["headers"])
    return bool(headers.get(b"origin", b"").decode() == settings.PUBLIC_URL.rstrip("/"))
