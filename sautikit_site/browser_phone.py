"""The WebSocket of a browser phone: recognised by its token, then piped to the process of sound."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import aiohttp
from django.conf import settings
from django.utils import translation

from kernel.errors import Problem
from sautikit_site.live import Message, Receive, Send, in_thread
from telephony import clients

HELLO_SECONDS = 10.0
TEXT_MAX = 32 * 1024
CONNECTIONS_PER_CLIENT = 10
POLICY_VIOLATION = 1008
UNAUTHORISED = 4401
TOO_MANY = 4429
TRY_AGAIN = 1013
# What a browser may send on, and the fields of it that are texts.
FORWARDED = {
    "accept": ("id", "sdp"),
    "reject": ("id",),
    "hangup": ("id",),
    "digits": ("id", "digits"),
}
CALL_FIELDS = ("id", "to", "sdp")
ID_CHARACTERS_MAX = 64

connected: Counter[str] = Counter()


async def phone_socket(scope: Message, receive: Receive, send: Send) -> None:
    """Serve one browser until it leaves; without a living token it is told so and cut."""
    await receive()
    if clients.PROTOCOL not in scope.get("subprotocols", ()):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    await send({"type": "websocket.accept", "subprotocol": clients.PROTOCOL})
    try:
        hello = await asyncio.wait_for(_next(receive), HELLO_SECONDS)
        _speak(hello or {})
        token = hello.get("token") if hello and hello.get("type") == "connect" else None
        client = await in_thread(clients.recognise, str(token or ""))
    except TimeoutError:
        await _close(send, POLICY_VIOLATION)
        return
    except Problem as problem:
        await _tell(send, "error", code=problem.code, message=problem.words())
        await _close(send, UNAUTHORISED)
        return
    if connected[client.address] >= CONNECTIONS_PER_CLIENT:
        await _close(send, TOO_MANY)
        return
    connected[client.address] += 1
    try:
        await _serve(client, receive, send)
    finally:
        connected[client.address] -= 1
        if not connected[client.address]:
            del connected[client.address]


async def _serve(client: clients.Client, receive: Receive, send: Send) -> None:
    # The process of sound is on this machine, behind a socket file; nothing leaves it by HTTP.
    connector = aiohttp.UnixConnector(settings.WEBRTC_SOCKET)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            session.ws_connect(f"http://webrtc/lines/{client.address}") as far,
        ):
            await _tell(send, "ready", client=client.name)
            await _pipe(client, far, receive, send)
    except aiohttp.ClientError:
        await _close(send, TRY_AGAIN)


async def _pipe(
    client: clients.Client, far: aiohttp.ClientWebSocketResponse, receive: Receive, send: Send
) -> None:
    """Carry messages both ways until either side leaves."""
    ways = {
        asyncio.create_task(_from_browser(client, far, receive, send)),
        asyncio.create_task(_to_browser(far, send)),
    }
    done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def _from_browser(
    client: clients.Client, far: aiohttp.ClientWebSocketResponse, receive: Receive, send: Send
) -> None:
    while (message := await _next(receive)) is not None:
        kind = message.get("type")
        if kind == "call" and _has(message, CALL_FIELDS):
            await _place(client, message, far, send)
        elif kind in FORWARDED and _has(message, FORWARDED[kind]):
            kept = {name: message[name] for name in FORWARDED[kind]}
            await far.send_str(json.dumps({"type": kind, **kept}))
        elif kind == "ping":
            await _tell(send, "pong")
        else:
            await _tell(send, "error", code="bad_message", message="This message is not known.")


async def _place(
    client: clients.Client, message: Message, far: aiohttp.ClientWebSocketResponse, send: Send
) -> None:
    """Open a call and let the browser's leg go to the engine, or say why it may not."""
    shown = message.get("from")
    try:
        leg, engine = await in_thread(
            lambda: clients.place_client_call(
                client, to=message["to"], from_e164=shown if isinstance(shown, str) else ""
            )
        )
    except Problem as problem:
        refused = {"code": problem.code, "message": problem.words()}
        await _tell(send, "ended", id=message["id"], reason="refused", **refused)
        return
    await _tell(send, "placed", id=message["id"], call_id=str(leg.call_id))
    order = {
        "type": "call",
        "id": message["id"],
        "sdp": message["sdp"],
        "leg": str(leg.id),
        "from": leg.call.caller_id,
        "engine": [settings.SIP_HOST, engine.sip_port],
    }
    await far.send_str(json.dumps(order))


async def _to_browser(far: aiohttp.ClientWebSocketResponse, send: Send) -> None:
    async for message in far:
        if message.type == aiohttp.WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
    await _close(send, TRY_AGAIN)


async def _next(receive: Receive) -> dict[str, Any] | None:
    """Return the next message of a browser, an empty one for what is no message; None at the end."""
    event = await receive()
    if event["type"] != "websocket.receive":
        return None
    text = event.get("text") or ""
    if len(text) > TEXT_MAX:
        return {}
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _speak(hello: Message) -> None:
    """Tell this browser in the language that it asks for why something is refused."""
    wish, known = hello.get("language"), [code for code, _name in settings.LANGUAGES]
    translation.activate(wish if wish in known else settings.LANGUAGE_CODE)


def _has(message: Message, fields: tuple[str, ...]) -> bool:
    texts = all(isinstance(message.get(name), str) for name in fields)
    return texts and 0 < len(message["id"]) <= ID_CHARACTERS_MAX


# The fields are those of the message.
async def _tell(send: Send, kind: str, **fields: Any) -> None:
    await send({"type": "websocket.send", "text": json.dumps({"type": kind, **fields})})


async def _close(send: Send, code: int) -> None:
    await send({"type": "websocket.close", "code": code})
