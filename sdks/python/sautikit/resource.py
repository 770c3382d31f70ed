"""What every noun of the API can do, for threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from sautikit import wire
from sautikit.pages import Pages
from sautikit.wire import Key, Reply

# Sends one request and returns its reply.
Send = Callable[..., Reply]


class Resource:
    """A noun; made by the client."""

    def __init__(self, send: Send) -> None:
        self._send = send

    # Bodies and replies are the JSON of the API.
    def _ask(
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
        got = self._send(method, path, body=body, form=form, query=query, key=key)
        return wire.result(got, inside)

    # The types of rows and replies stand in the methods that call this.
    def _pages(
        self, path: str, query: Mapping[str, Any], rows: str, cursor: str
    ) -> Pages[Any, Any]:
        return Pages(lambda asked: self._ask("GET", path, query=asked), query, rows, cursor)
