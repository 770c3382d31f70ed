"""The client for threads, and what both clients are told when they are made."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sautikit import resources, wire
from sautikit.laptop import Events, Listeners
from sautikit.stream import Message, follow
from sautikit.transport import Transport
from sautikit.wire import Key, Reply

BASE_URL = "https://api.sautikit.com"
TIMEOUT_SECONDS = 30.0
MAX_RETRIES = 2


def trimmed(base_url: str) -> str:
    """Return the address of the API as paths are put behind it."""
    base = base_url.rstrip("/")
    return base[: -len("/v1")] if base.endswith("/v1") else base


@dataclass(frozen=True)
class Options:
    """Where the API is, who asks, and how patient the client is."""

    api_key: str
    base_url: str
    timeout: float
    max_retries: int

    @classmethod
    def read(
        cls, api_key: str | None, base_url: str | None, timeout: float, max_retries: int
    ) -> Options:
        """Fill in from the environment what was not given."""
        key = api_key or os.environ.get("SAUTIKIT_API_KEY", "")
        if not key:
            raise ValueError("Give an API key, or set SAUTIKIT_API_KEY.")
        base = base_url or os.environ.get("SAUTIKIT_API_BASE") or BASE_URL
        return cls(key, trimmed(base), timeout, max_retries)

    def headers(self) -> dict[str, str]:
        from sautikit import __version__

        return {
            "Authorization": f"Bearer {self.api_key}",
            "Accept": "application/json",
            "User-Agent": f"sautikit-python/{__version__} python/{platform.python_version()}",
        }


class Sautikit(resources.Resources):
    """Speaks with the API; safe to share between threads.

    The key is `SAUTIKIT_API_KEY` and the address `SAUTIKIT_API_BASE` unless they are given.
    """

    events: Events

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        max_retries: int = MAX_RETRIES,
    ) -> None:
        self._set_up(Options.read(api_key, base_url, timeout, max_retries))

    def _set_up(self, options: Options) -> None:
        self._options = options
        self.base_url = options.base_url
        self._transport = Transport(
            options.base_url, timeout=options.timeout, max_retries=options.max_retries
        )
        for name in resources.Resources.__annotations__:
            made = getattr(resources, name.title().replace("_", ""))
            setattr(self, name, made(self._send))
        self.events = Events(self._send)
        self.listeners = Listeners(self._send)

    def with_options(
        self, *, timeout: float | None = None, max_retries: int | None = None
    ) -> Sautikit:
        """Return a client that is more or less patient."""
        given = wire.given({"timeout": timeout, "max_retries": max_retries})
        other = Sautikit.__new__(type(self))
        other._set_up(replace(self._options, **given))
        return other

    # Bodies and replies are the JSON of the API.
    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Call any path of the API and return its JSON; raises SautikitError.

        A body of bytes is sent as it is: a voice document, JSON or XML.
        """
        key: Key = idempotency_key or method == "POST"
        return wire.result(self._send(method, path, body=body, query=query, key=key))

    def stream(self, stream_url: str, *, last_event_id: str = "") -> Iterator[Message]:
        """Give what happens in a call as it happens, until it is over.

        `stream_url` is in the reply of `calls.create`. A stream that breaks goes on where it was.
        """
        return follow(stream_url, last=last_event_id, max_retries=self._options.max_retries)

    def _send(self, method: str, path: str, **told: Any) -> Reply:
        made = wire.request(method, path, headers=self._options.headers(), **told)
        return self._transport.send(made)
