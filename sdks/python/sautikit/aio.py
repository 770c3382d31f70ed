"""The client for asyncio: the same requests, sent from threads of its own, waited for without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, TypeVar

from sautikit import async_resources, wire
from sautikit.client import MAX_RETRIES, TIMEOUT_SECONDS, Options
from sautikit.errors import SautikitError
from sautikit.stream import Message, follow
from sautikit.transport import Transport
from sautikit.wire import Key, Reply

MAX_CONNECTIONS = 32
Value = TypeVar("Value")


class AsyncSautikit(async_resources.Resources):
    """Speaks with the API from a coroutine; `async with` closes it.

    At most `max_connections` requests are under way at once, the others wait for their turn.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        max_retries: int = MAX_RETRIES,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._options = Options.read(api_key, base_url, timeout, max_retries)
        self.base_url = self._options.base_url
        self._transport = Transport(self.base_url, timeout=timeout, max_retries=max_retries)
        self._pool = ThreadPoolExecutor(max_connections, thread_name_prefix="sautikit")
        for name in async_resources.Resources.__annotations__:
            made = getattr(async_resources, name.title().replace("_", ""))
            setattr(self, name, made(self._send))

    async def __aenter__(self) -> AsyncSautikit:
        return self

    async def __aexit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the threads; what is under way ends by itself."""
        self._pool.shutdown(wait=False)

    # Bodies and replies are the JSON of the API.
    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Call any path of the API and return its JSON; raises SautikitError."""
        key: Key = idempotency_key or method == "POST"
        return wire.result(await self._send(method, path, body=body, query=query, key=key))

    async def stream(self, stream_url: str, *, last_event_id: str = "") -> AsyncIterator[Message]:
        """Give what happens in a call as it happens, until it is over."""
        most = self._options.max_retries
        messages = follow(stream_url, last=last_event_id, max_retries=most)
        while True:
            message = await self._in_thread(next, messages, None)
            if message is None:
                return
            yield message

    async def _send(self, method: str, path: str, **told: Any) -> Reply:
        made = wire.request(method, path, headers=self._options.headers(), **told)
        for tried in range(self._options.max_retries + 1):
            try:
                return await self._in_thread(self._transport.once, made)
            except SautikitError as problem:
                pause = wire.wait_seconds(problem, tried)
                if pause is None or tried == self._options.max_retries:
                    raise
            # Nobody holds a thread or a connection while waiting.
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    # The function and its arguments are the caller's.
    async def _in_thread(self, function: Callable[..., Value], *arguments: Any) -> Value:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, function, *arguments)
