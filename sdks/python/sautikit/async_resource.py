"""What every noun of the API can do, for asyncio."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Callable

from sautikit import wire
from sautikit.pages import AsyncPages
from sautikit.wire import Key, Reply

# Sends one request and returns its reply.
Send = Callable[..., Awaitable[Reply]]


class AsyncResource:
    """A noun; made by the client."""

    def __init__(self, send: Send) -> None:
        self._send = send

    # Bodies and replies are the JSON of the API.
    async def _ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: Mapping[str, bytes] | None = None,
        query: Mapping[str, Any] | None = None,
        key: Key = None,
        inside: str = "",
    ) -> Any:
        got = await self._send(method, path, body=body, form=form, query=query, key=key)
        return wire.result(got, inside)

    # The types of rows and replies stand in the methods that call this.
    def _pages(
        self, path: str, query: Mapping[str, Any], rows: str, cursor: str
    ) -> AsyncPages[Any, Any]:
        return AsyncPages(lambda asked: self._ask("GET", path, query=asked), query, rows, cursor)
