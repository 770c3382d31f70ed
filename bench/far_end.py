"""The ends of a call that are not ours, as cheap as they can be: they share the cores with what is measured."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Mapping

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 60.0


class VoiceServer:
    """A customer's server: the page of each path is made before, and told to whoever asks."""

    def __init__(self, pages: Mapping[str, tuple[str, bytes]]) -> None:
        """Serve pages by path, each with its content type; another path gets a 404."""
        self._answers = {
            path.encode(): _answer("200 OK", kind, body) for path, (kind, body) in pages.items()
        }
        self._listener = socket.create_server((_HOST, 0), backlog=512)
        self.url = f"http://{_HOST}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, name="voice server", daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        missing = _answer("404 Not Found", "text/plain", b"no such page")
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            # One that gives up is counted where the call ends badly.
            with sock, contextlib.suppress(OSError):
                sock.settimeout(_PATIENCE_SECONDS)
                path = _read(sock).split(b" ", 2)[1].partition(b"?")[0]
                sock.sendall(self._answers.get(path, missing))


class Client:
    """A program that keeps its connection to the API, as any SDK does."""

    def __init__(self, port: int, key: str) -> None:
        self._sock = socket.create_connection((_HOST, port), timeout=_PATIENCE_SECONDS)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = (
            f"Host: {_HOST}:{port}\r\nAuthorization: Bearer {key}\r\n"
            "Content-Type: application/json\r\n"
        ).encode()

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Return the status of the answer, and the answer with its head."""
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        self._sock.sendall(f"POST {path} HTTP/1.1\r\n".encode() + self._headers + length + body)
        answer = _read(self._sock)
        return int(answer[9:12]), answer


def _answer(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def _read(sock: socket.socket) -> bytes:
    """Return one message with its head; raises OSError when the other side ends before it does."""
    read = b""
    while True:
        head, gap, body = read.partition(b"\r\n\r\n")
        if gap:
            length = _LENGTH.search(head)
            if len(body) >= int(length[1] if length else 0):
                return read
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("closed in the middle of a message")
        read += more
