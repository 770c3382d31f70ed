"""The client: one object that knows the key and where the API is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sautikit.resources import Events, Listeners
from sautikit.transport import Transport

BASE_URL = "https://api.sautikit.com"


class Sautikit:
    """Speaks with the API; safe to share between threads.

    The key is `SAUTIKIT_API_KEY` and the address `SAUTIKIT_API_BASE` unless they are given.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 2,
    ) -> None:
        from sautikit import __version__

        key = api_key or os.environ.get("SAUTIKIT_API_KEY", "")
        if not key:
            raise ValueError("Give an API key, or set SAUTIKIT_API_KEY.")
        self.base_url = (base_url or os.environ.get("SAUTIKIT_API_BASE") or BASE_URL).rstrip("/")
        self._transport = Transport(
            api_key=key,
            base_url=self.base_url,
            timeout=timeout,
            max_retries=max_retries,
            user_agent=f"sautikit-python/{__version__}",
        )
        self.events = Events(self.request)
        self.listeners = Listeners(self.request)

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
        """Call any path of the API and return its JSON; raises SautikitError."""
        return self._transport.request(
            method, path, body=body, query=query, idempotency_key=idempotency_key
        )
