"""How the pages speak to the sandbox process."""

from typing import Any

import httpx
from django.conf import settings

TIMEOUT_SECONDS = 10.0


class SandboxDownError(Exception):
    """The sandbox process does not answer."""


def ask(method: str, path: str, *, query: str = "", body: bytes | None = None) -> httpx.Response:
    """Ask the sandbox process; raises SandboxDownError when nobody is there."""
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            url = httpx.URL(settings.SANDBOX_URL).copy_with(path=path, query=query.encode())
            return client.request(method, url, content=body)
    except httpx.TransportError as problem:
        raise SandboxDownError from problem


def read(path: str, *, query: str = "") -> Any:  # Any: the JSON of the sandbox's own API.
    """Read one JSON resource; None when it does not exist."""
    reply = ask("GET", path, query=query)
    return reply.json() if reply.is_success else None
