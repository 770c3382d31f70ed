"""Reading Server-Sent Events with the standard library."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sautikit.errors import SautikitError
from sautikit.transport import connect

# The server says that it is still there every 15 seconds.
SILENT_SECONDS = 40.0


@dataclass
class Message:
    """One message of a stream: its name, its number in the log if it has one, its JSON."""

    name: str
    number: str
    data: dict[str, Any]


class Stream:
    """One open stream."""

    def __init__(self, url: str, *, last: str = "") -> None:
        self._connection, target = connect(url, SILENT_SECONDS)
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        self._connection.request("GET", target, headers=headers)
        self._response = self._connection.getresponse()
        if self._response.status != 200:
            status, text = self._response.status, self._response.read()
            self.close()
            raise SautikitError.of_reply(status, _json(text))

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


BROKEN = (OSError, http.client.HTTPException, ValueError)
