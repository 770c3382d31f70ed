"""Reading Server-Sent Events with the standard library."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sautikit import wire
from sautikit.errors import SautikitConnectionError, SautikitError
from sautikit.transport import connect

# The server says that it is still there every 15 seconds.
SILENT_SECONDS = 40.0
BROKEN = (OSError, http.client.HTTPException, ValueError)


@dataclass
class Message:
    """One message of a stream: its name, its number in the log if it has one, its JSON."""

    name: str
    number: str
    data: dict[str, Any]


def follow(url: str, *, last: str = "", max_retries: int = 2) -> Iterator[Message]:
    """Give every message; a stream that ends or breaks is opened again until there is no more."""
    tried = 0
    while True:
        try:
            stream = Stream(url, last=last)
            if stream.is_over:
                stream.close()
                return
            try:
                for message in stream.messages():
                    tried, last = 0, message.number or last
                    yield message
            finally:
                stream.close()
            continue
        except SautikitError as problem:
            pause = wire.wait_seconds(problem, tried)
            if pause is None or tried >= max_retries:
                raise
        except BROKEN as problem:
            pause = wire.FIRST_WAIT_SECONDS * 2.0**tried
            if tried >= max_retries:
                told = f"The stream broke: {problem}"
                raise SautikitConnectionError(told, code="connection_failed") from problem
        tried += 1
        time.sleep(pause)


class Stream:
    """One open stream."""

    def __init__(self, url: str, *, last: str = "") -> None:
        self._connection, target = connect(url, SILENT_SECONDS)
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        self._connection.request("GET", target, headers=headers)
        self._response = self._connection.getresponse()
        # An end that was read already is told by a status.
        self.is_over = self._response.status == 204
        if self._response.status not in (200, 204):
            status, text = self._response.status, self._response.read()
            answered = {name.lower(): value for name, value in self._response.getheaders()}
            self.close()
            raise SautikitError.of_reply(status, _json(text), answered)

    def messages(self) -> Iterator[Message]:
        """Give each message as it comes, until the server ends the stream."""
        name, number, data = "", "", ""
        for raw in self._response:
            line = raw.decode().rstrip("\r\n")
            key, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if key == "event":
                name = value
            elif key == "id":
                number = value
            elif key == "data":
                data += value
            elif not line and data:
                yield Message(name, number, json.loads(data))
                name, number, data = "", "", ""

    def stop(self) -> None:
        """End the reading from another thread or a signal handler."""
        sock = self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()


# A body holds whatever JSON holds.
def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
