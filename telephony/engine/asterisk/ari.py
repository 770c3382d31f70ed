"""The control link to one Asterisk: requests and events over one WebSocket, in order."""

from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket_connect
from websockets.exceptions import WebSocketException

from telephony.engine.asterisk.node import Node

OPEN_SECONDS = 5.0
ANSWER_SECONDS = 5.0
# A node that does not answer a ping for so long is lost: its calls are closed within five seconds.
PING_SECONDS = 1.0
PONG_SECONDS = 3.0
MESSAGE_BYTES_MAX = 4 * 1024 * 1024

# An event is a JSON object of Asterisk's REST interface.
Event = dict[str, Any]
Reply = Callable[[int, Any], None]


class Ari:
    """Asterisk carries requests of one link out one after the other, so nobody waits for replies."""

    def __init__(
        self, node: Node, *, hear: Callable[[Event], None], lost: Callable[[str], None]
    ) -> None:
        self._node = node
        self._hear = hear
        self._lost = lost
        self._numbers = count(1)
        self._replies: dict[str, Reply] = {}
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect; the application of that name is ours from now on. OSError when it cannot be."""
        node = self._node
        login = b64encode(f"{node.username}:{node.password}".encode()).decode()
        try:
            link = await websocket_connect(
                f"{node.url}/ari/events?app={node.app}",
                additional_headers={"Authorization": f"Basic {login}"},
                proxy=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=PING_SECONDS,
                ping_timeout=PONG_SECONDS,
                close_timeout=1,
                max_size=MESSAGE_BYTES_MAX,
                compression=None,
            )
        except (WebSocketException, TimeoutError, ValueError) as problem:
            raise OSError(f"no link to {node.url}: {problem}") from None
        self._tasks = [
            asyncio.create_task(self._listen(link)),
            asyncio.create_task(self._talk(link)),
        ]

    # What a request says is up to the interface.
    def ask(
        self,
        method: str,
        path: str,
        reply: Reply | None = None,
        *,
        variables: dict[str, str] | None = None,
        **query: object,
    ) -> None:
        """Queue one request; `reply` hears the status and what came with it."""
        number = str(next(self._numbers))
        request: dict[str, Any] = {
            "type": "RESTRequest",
            "request_id": number,
            "method": method,
            "uri": path,
            "query_strings": [{"name": key, "value": str(value)} for key, value in query.items()],
        }
        if variables is not None:
            request["content_type"] = "application/json"
            request["message_body"] = json.dumps({"variables": variables})
        self._replies[number] = reply or partial(_complain, f"{method} {path}")
        self._waiting.put_nowait(json.dumps(request))

    # The body is whatever JSON the interface answers.
    async def fetch(self, method: str, path: str) -> Any:
        """Ask and wait for the answer; OSError when it is a refusal or does not come."""
        answer: asyncio.Future[tuple[int, Any]] = asyncio.get_running_loop().create_future()
        self.ask(method, path, lambda status, body: answer.set_result((status, body)))
        try:
            status, body = await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            raise OSError(f"{self._node.url} does not answer {method} {path}") from None
        if status >= 300:
            raise OSError(f"{self._node.url} answers {status} to {method} {path}")
        return body

    async def _talk(self, link: ClientConnection) -> None:
        while True:
            request = await self._waiting.get()
            try:
                await link.send(request)
            except WebSocketException:
                # The listener hears of it too, and says so.
                return

    async def _listen(self, link: ClientConnection) -> None:
        why = "the link was closed"
        try:
            async for text in link:
                self._take(json.loads(text))
        except (WebSocketException, OSError, ValueError) as problem:
            why = str(problem)
        self._lost(why)

    def _take(self, event: Event) -> None:
        if event.get("type") == "ApplicationReplaced":
            raise OSError("another engine took this node")
        try:
            if event.get("type") == "RESTResponse":
                self._answer(event)
            else:
                self._hear(event)
        except (KeyError, TypeError, ValueError) as problem:
            print(f"ari: {str(event)[:300]}: {problem!r}", file=sys.stderr)

    def _answer(self, event: Event) -> None:
        reply = self._replies.pop(str(event.get("request_id")), None)
        if reply is not None:
            text = event.get("message_body")
            reply(int(event["status_code"]), json.loads(text) if text else None)


def _complain(request: str, status: int, body: object) -> None:
    """Say that something was refused that nobody asks about; what is gone already is no news."""
    if status >= 300 and status != 404:
        print(f"ari: {request}: {status} {body}", file=sys.stderr)
