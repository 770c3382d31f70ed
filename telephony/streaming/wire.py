"""What an engine and its media bridge say to each other over one SOCK_SEQPACKET socket.

A message is one packet: a letter, and then a line of JSON, or the number of a stream and 20 ms of
8 kHz S16LE. Audio that finds no room is dropped; a line waits for room.
"""

from __future__ import annotations

import json
import socket
import struct
from collections import deque
from collections.abc import Iterator
from typing import Any

LINE = b"J"
AUDIO = b"A"
HEAD = struct.Struct("!cI")
PACKET_BYTES_MAX = 128 * 1024
BUFFER_BYTES = 1024 * 1024
# More lines than this wait only for a bridge that is stuck for good.
LINES_MAX = 1000

# A line is one JSON object; audio is its stream's number and its bytes.
Line = dict[str, Any]
Message = Line | tuple[int, bytes]


class Broken(Exception):
    """The other process is gone."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a socket that never blocks."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        prepare(end)
    return ends


def prepare(end: socket.socket) -> None:
    end.setblocking(False)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)


class Wire:
    """One end; nothing here waits."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self.dropped = 0
        self._lines: deque[bytes] = deque(maxlen=LINES_MAX)

    def audio(self, number: int, data: bytes) -> None:
        """Send a frame, or drop it when there is no room."""
        self._flush()
        if self._lines or not self._send(HEAD.pack(AUDIO, number) + data):
            self.dropped += 1

    # The fields are those of the line.
    def line(self, **fields: Any) -> None:
        """Send a line, after those that wait already."""
        self._lines.append(LINE + json.dumps(fields, separators=(",", ":")).encode())
        self._flush()

    def messages(self) -> Iterator[Message]:
        """Yield what has arrived; raises Broken when the other end is closed."""
        self._flush()
        while True:
            try:
                packet = self.socket.recv(PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError as problem:
                raise Broken(str(problem)) from None
            if not packet:
                raise Broken("closed")
            yield _read(packet)

    def close(self) -> None:
        self.socket.close()

    def _flush(self) -> None:
        while self._lines and self._send(self._lines[0]):
            self._lines.popleft()

    def _send(self, packet: bytes) -> bool:
        """Say whether there was room; a closed end takes everything, as its reader will notice."""
        try:
            self.socket.send(packet)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True


def _read(packet: bytes) -> Message:
    if packet[:1] == LINE:
        line: Line = json.loads(packet[1:])
        return line
    _, number = HEAD.unpack_from(packet)
    return number, packet[HEAD.size :]
