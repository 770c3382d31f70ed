"""Posting to the server on this laptop, within the limits the platform itself keeps to."""

from __future__ import annotations

import http.client
import socket
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sautikit.transport import connect

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
BODY_BYTES_MAX = 64 * 1024


@dataclass
class LocalReply:
    """What the local server answered, or why it did not."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False
    milliseconds: int = 0
    error: str = ""
    sent: bool = True

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def as_answer(self) -> dict[str, object]:
        """Return what the API takes as the answer to a voice callback."""
        return {
            "status": self.status,
            "headers": self.headers,
            "body": b64encode(self.body).decode(),
            "truncated": self.truncated,
            "error": self.error[:500],
            "sent": self.sent,
        }


def same_origin(one: str, other: str) -> bool:
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    total_seconds: float = TOTAL_SECONDS,
    max_bytes: int = BODY_BYTES_MAX,
) -> LocalReply:
    """Make one request to the local server; never raises for what it does."""
    started = time.monotonic()
    reply = LocalReply()
    try:
        _exchange(reply, method, url, headers, body, started + total_seconds, max_bytes)
    except socket.timeout:
        reply.error = "no answer in time" if reply.sent else f"no connection to {url}: timed out"
    except (OSError, http.client.HTTPException) as problem:
        what = "the connection broke" if reply.sent else f"no connection to {url}"
        reply.error = f"{what}: {problem}"
    if reply.error:
        reply.status, reply.body = 0, b""
    reply.milliseconds = int((time.monotonic() - started) * 1000)
    return reply


def _exchange(
    reply: LocalReply,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
    max_bytes: int,
) -> None:
    reply.sent = False
    connection, target = connect(url, CONNECT_SECONDS)
    try:
        connection.connect()
        reply.sent = True
        assert connection.sock is not None
        connection.sock.settimeout(max(0.05, deadline - time.monotonic()))
        connection.request(method, target, body=body or None, headers=dict(headers))
        response = connection.getresponse()
        reply.status = response.status
        reply.headers = {name.lower(): value for name, value in response.getheaders()}
        text = response.read(max_bytes + 1)
        reply.body, reply.truncated = text[:max_bytes], len(text) > max_bytes
    finally:
        connection.close()
