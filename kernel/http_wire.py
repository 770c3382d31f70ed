"""One HTTP/1.1 connection: a request goes out, its answer is read as far as it is wanted."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import cast

import httptools

from kernel.http import keep_header

# An answer's head may be so long, its interim answers included.
HEAD_BYTES = 64 * 1024
# How long a body is waited for after the status has been answered.
BODY_SECONDS = 2.0


@dataclass(slots=True)
class Answer:
    """What came back; the body is one byte longer than wanted when there was more."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


class Wire(asyncio.Protocol):
    """A connection that carries one request at a time and is kept while both ends agree.

    The methods named `on_…` are called by the parser.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self.address = address
        self.heard_at = 0.0
        self.idle_since = 0.0
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        # Servers written by hand end their lines with LF alone.
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self._waiting: asyncio.Future[Answer] | None = None
        self._answer = Answer()
        self._wanted_bytes = 0
        self._head_bytes = 0
        self._has_head = self._is_whole = self._stays = False
        self._patience: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def is_reusable(self) -> bool:
        return self.is_open and self._is_whole and self._stays

    @property
    def has_heard(self) -> bool:
        """Tell whether the far end said anything since the request."""
        return self.heard_at > 0

    def ask(self, parcel: bytes, wanted_bytes: int) -> asyncio.Future[Answer]:
        """Send a request and return the answer to come; raises OSError or ValueError in it."""
        self._waiting = self._loop.create_future()
        self._answer = Answer()
        self._wanted_bytes = wanted_bytes + 1
        self._head_bytes = 0
        self.heard_at = 0.0
        self._has_head = self._is_whole = False
        if self._transport is None or self._transport.is_closing():
            self._fail(ConnectionResetError("it was closed"))
        else:
            self._transport.write(parcel)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from now on; raises OSError and leaves the connection closed."""
        assert self._transport is not None
        plain = self._transport
        try:
            self._transport = await self._loop.start_tls(plain, self, context, server_hostname=host)
        except BaseException:
            plain.abort()
            raise

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every loop's transports are instances of the class whose methods they have.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            # Nobody asked for this.
            self.close()
            return
        self.heard_at = self.heard_at or time.monotonic()
        self._head_bytes += 0 if self._has_head else len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self._fail(ValueError(f"the answer is not HTTP: {problem}"))
            return
        if self._waiting.done():
            return
        if not self._has_head and self._head_bytes > HEAD_BYTES:
            self._fail(ValueError("the answer's head is too long"))
        elif self._has_head and len(self._answer.body) >= self._wanted_bytes:
            self._finish()
        elif self._has_head and self._patience is None:
            self._patience = self._loop.call_later(BODY_SECONDS, self._finish)

    def connection_lost(self, problem: Exception | None) -> None:
        if self._has_head:
            # Without a length the end of the connection is the end of the body.
            self._finish()
        else:
            self._fail(problem or ConnectionResetError("it was closed without an answer"))

    def on_header(self, name: bytes, value: bytes) -> None:
        keep_header(self._answer.headers, name, value)

    def on_headers_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        self._has_head = self._answer.status >= 200
        self._stays = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        room = self._wanted_bytes - len(self._answer.body)
        self._answer.body += body[:room]

    def on_message_complete(self) -> None:
        if self._has_head:
            self._is_whole = True
            self._finish()
        else:
            # An interim answer, such as 103, has nothing to say about the real one.
            self._answer = Answer()

    def _finish(self) -> None:
        self._settle()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._answer)

    def _fail(self, problem: Exception) -> None:
        self._settle()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(problem)

    def _settle(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
