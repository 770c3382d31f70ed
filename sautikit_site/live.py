"""The live process: Server-Sent Events of calls, workspaces and listeners, WebSockets of phones.

A plain ASGI application: a stream is a coroutine that sleeps until its topic rings or a second
has passed, so thousands of open pages cost no thread.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import parse_qs

import django
from django.conf import settings
from django.db import close_old_connections

django.setup()

from calls import queries  # noqa: E402  # Models exist after the set-up above.
from calls.errors import CallNotFound  # noqa: E402
from calls.models import Call  # noqa: E402
from kernel import clock, ids, ready, signing  # noqa: E402
from kernel.bell import Listener  # noqa: E402
from kernel.errors import NotFound, Problem, RateLimited  # noqa: E402

# ASGI's own shapes.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Value = TypeVar("Value")

CALL_STREAM = re.compile(r"/v1/calls/([0-9a-f-]{36})/stream")
LISTENER_STREAM = re.compile(r"/v1/listeners/([0-9a-f-]{36})/stream")
PHONE_SOCKET = "/v1/webrtc/socket"
HANDSET = re.compile(r"/sandbox/phone/\+?\d+/ws")
POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
STREAMS_PER_CALL = 5


class Hub:
    """Who listens to what in this process; rung from the bell's thread."""

    def __init__(self) -> None:
        self._listening: dict[str, set[asyncio.Queue[str]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to hear the bell; called on the event loop."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._hear, name="bell", daemon=True).start()

    @asynccontextmanager
    async def listen(self, scope: str) -> AsyncIterator[asyncio.Queue[str]]:
        """Give the topics that ring under `workspace:mode` while the block lasts."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
        self._listening.setdefault(scope, set()).add(queue)
        try:
            yield queue
        finally:
            self._listening[scope].discard(queue)
            if not self._listening[scope]:
                del self._listening[scope]

    def _hear(self) -> None:
        listener = Listener("live")
        while True:
            for text in listener.wait(POLL_SECONDS):
                assert self._loop is not None
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._ring, text)

    def _ring(self, text: str) -> None:
        workspace, _, rest = text.partition(":")
        mode, _, topic = rest.partition(":")
        for queue in self._listening.get(f"{workspace}:{mode}", ()):
            # A page too slow to listen learns the rest from its next poll.
            with suppress(asyncio.QueueFull):
                queue.put_nowait(topic)


hub = Hub()
open_streams: Counter[str] = Counter()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one connection."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    elif scope["type"] == "websocket":
        await _socket(scope, receive, send)
    else:
        await _http(scope, receive, send)


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await asyncio.to_thread(ready.announce, "live")
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _socket(scope: Message, receive: Receive, send: Send) -> None:
    if settings.SANDBOX and HANDSET.fullmatch(scope["path"]):
        from sandbox.relay import handset_socket

        await handset_socket(scope, receive, send)
        return
    if scope["path"] == PHONE_SOCKET:
        from sautikit_site.browser_phone import phone_socket

        await phone_socket(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1008})


async def _http(scope: Message, receive: Receive, send: Send) -> None:
    path, method = scope["path"], scope["method"]
    try:
        if method == "OPTIONS":
            await _reply(send, 204)
        elif method != "GET":
            raise NotFound
        elif path == "/healthz":
            await _reply(send, 200, {"status": "ok"})
        elif path == "/live/workspace":
            await _workspace_stream(scope, receive, send)
        elif found := CALL_STREAM.fullmatch(path):
            await _call_stream(found.group(1), scope, receive, send)
        elif found := LISTENER_STREAM.fullmatch(path):
            from sautikit_site.listening import listener_stream

            await listener_stream(found.group(1), scope, receive, send)
        else:
            raise NotFound
    except Problem as problem:
        envelope = problem.envelope(ids.request_id(), settings.PUBLIC_URL)
        await _reply(send, problem.status, envelope, problem.headers)


async def _call_stream(call_id: str, scope: Message, receive: Receive, send: Send) -> None:
    """Send every row of a time line after the last one the client has, until the final one."""
    call = await in_thread(queries.call_of_stream, call_id, token_of(scope))
    if call is None:
        raise CallNotFound
    if open_streams[call_id] >= STREAMS_PER_CALL:
        raise RateLimited(retry_after_seconds=5)
    last = last_event_id(scope)
    if call.is_final and not await in_thread(lambda: queries.events_of(call.id, after=last)):
        # An EventSource that reconnects after the end is told to stop by this status.
        await _reply(send, 204)
        return
    open_streams[call_id] += 1
    try:
        await until_gone(receive, _tell_call(call, last, send))
    finally:
        open_streams[call_id] -= 1
        if not open_streams[call_id]:
            del open_streams[call_id]


async def _tell_call(call: Call, last: int, send: Send) -> None:
    topic = f"call:{call.id}"
    await start_stream(send)
    silent_seconds = 0.0
    async with hub.listen(f"{call.workspace_id}:{call.mode}") as rings:
        while True:
            events = await in_thread(lambda after=last: queries.events_of(call.id, after=after))
            for event in events:
                envelope = queries.stream_envelope(event, call.workspace_id)
                await send_event(send, envelope, number=event.number)
                last = event.number
                if event.kind in queries.FINAL_EVENTS:
                    await send({"type": "http.response.body", "body": b""})
                    return
            silent_seconds = 0.0 if events else silent_seconds + await rest(rings, topic)
            if silent_seconds >= HEARTBEAT_SECONDS:
                await send_comment(send)
                silent_seconds = 0.0


async def _workspace_stream(scope: Message, receive: Receive, send: Send) -> None:
    """Say which topic of a workspace changed, as the console's pages want to know."""
    parts = signing.read_token(settings.PEPPER, token_of(scope))
    if parts is None or len(parts) != 4 or parts[0] != "workspace":
        raise NotFound
    _kind, workspace_id, mode, until = parts
    if int(until) < clock.now().timestamp():
        raise NotFound
    await until_gone(receive, _tell_workspace(f"{workspace_id}:{mode}", send))


async def _tell_workspace(scope: str, send: Send) -> None:
    await start_stream(send)
    await send_comment(send)
    async with hub.listen(scope) as rings:
        while True:
            try:
                topic = await asyncio.wait_for(rings.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                await send_comment(send)
                continue
            topics = {topic}
            while not rings.empty():
                topics.add(rings.get_nowait())
            for each in sorted(topics):
                await send_event(send, {"topic": each}, name="changed")


async def rest(rings: asyncio.Queue[str], topic: str) -> float:
    """Sleep until the topic rings, at most one poll; return the seconds slept."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL_SECONDS):
            while await rings.get() != topic:
                pass
    return loop.time() - began


async def until_gone(receive: Receive, telling: Awaitable[None]) -> None:
    """Run a stream until it ends or the client leaves."""
    work = asyncio.ensure_future(telling)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


# The function and its arguments are the caller's.
async def in_thread(function: Callable[..., Value], *arguments: Any) -> Value:
    """Read the database away from the event loop."""

    def read() -> Value:
        close_old_connections()
        return function(*arguments)

    return await asyncio.to_thread(read)


def token_of(scope: Message) -> str:
    query: dict[str, list[str]] = parse_qs(scope["query_string"].decode("latin-1"))
    return query.get("token", [""])[0]


def last_event_id(scope: Message) -> int:
    text: str = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _headers(**more: str) -> list[tuple[bytes, bytes]]:
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": settings.PUBLIC_URL.rstrip("/"),
        "Access-Control-Allow-Headers": "Last-Event-ID",
        "Vary": "Origin",
        **more,
    }
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


# The body is JSON of any shape.
async def _reply(
    send: Send, status: int, body: Any = None, headers: dict[str, str] | None = None
) -> None:
    raw = b"" if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if raw else {}
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": _headers(**kind, **(headers or {}))})
    await send({"type": "http.response.body", "body": raw})


async def start_stream(send: Send) -> None:
    kind = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    await send({"type": "http.response.start", "status": 200, "headers": _headers(**kind)})


# The data is JSON of any shape.
async def send_event(send: Send, data: Any, *, name: str = "", number: int | None = None) -> None:
    lines = [f"id: {number}"] if number is not None else []
    lines += [f"event: {name}"] if name else []
    lines.append(f"data: {json.dumps(data, separators=(',', ':'))}")
    body = ("\n".join(lines) + "\n\n").encode()
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def send_comment(send: Send) -> None:
    await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
