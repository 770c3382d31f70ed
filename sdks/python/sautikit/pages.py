"""Lists that come in pages: walk the rows, or take a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Generator, Iterator, Mapping
from typing import Any, Callable, Generic, TypeVar

Row = TypeVar("Row")
Page = TypeVar("Page")


class Pages(Generic[Row, Page]):
    """A list: `for call in client.calls.list()` is every row, `.page()` is the first page."""

    def __init__(
        self, ask: Callable[..., Any], query: Mapping[str, Any], rows: str, cursor: str
    ) -> None:
        self._ask = ask
        self._query = dict(query)
        self._rows = rows
        self._cursor = cursor

    def page(self) -> Page:
        """Ask for the first page."""
        first: Page = self._ask(self._query)
        return first

    def pages(self) -> Iterator[Page]:
        """Give page after page, each asked for when it is needed."""
        query = self._query
        while True:
            page = self._ask(query)
            yield page
            if not page["next_cursor"]:
                return
            query = {**query, self._cursor: page["next_cursor"]}

    def __iter__(self) -> Iterator[Row]:
        for page in self.pages():
            # A page is a dictionary of the API.
            told: Any = page
            yield from told[self._rows]


class AsyncPages(Generic[Row, Page]):
    """A list: `async for call in client.calls.list()` is every row, `await` gives the first page."""

    def __init__(
        self, ask: Callable[..., Awaitable[Any]], query: Mapping[str, Any], rows: str, cursor: str
    ) -> None:
        self._ask = ask
        self._query = dict(query)
        self._rows = rows
        self._cursor = cursor

    async def page(self) -> Page:
        """Ask for the first page."""
        first: Page = await self._ask(self._query)
        return first

    def __await__(self) -> Generator[Any, None, Page]:
        return self.page().__await__()

    async def pages(self) -> AsyncIterator[Page]:
        """Give page after page, each asked for when it is needed."""
        query = self._query
        while True:
            page = await self._ask(query)
            yield page
            if not page["next_cursor"]:
                return
            query = {**query, self._cursor: page["next_cursor"]}

    async def __aiter__(self) -> AsyncIterator[Row]:
        async for page in self.pages():
            # A page is a dictionary of the API.
            told: Any = page
            for row in told[self._rows]:
                yield row
