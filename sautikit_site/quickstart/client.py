"""What the quickstart speaks with: the API, the sandbox's phone and mailbox."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings

from kernel import http

Found = TypeVar("Found")


class Failed(Exception):
    """A step did not do what the quickstart promises."""


@dataclass
class Client:
    """A small API client: JSON in, JSON out, a cookie or a key."""

    url: str
    key: str = ""
    cookie: str = ""

    # Bodies and replies are the JSON of the contract.
    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """Ask and return the parsed reply; raises Failed with the error's own words."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key or self.key:
            headers["Authorization"] = f"Bearer {key or self.key}"
        elif self.cookie:
            headers["Cookie"] = self.cookie
        reply = http.request(
            method,
            self.url + path,
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
            timeouts=http.Timeouts(total_seconds=15),
            max_bytes=4 * 1024 * 1024,
            trusted=True,
        )
        if reply.status >= 400:
            raise Failed(f"{method} {path} answered {reply.status}: {reply.text()[:500]}")
        # Other cookies may come beside it.
        told = reply.headers.get("set-cookie", "")
        if session := re.search(rf"{settings.SESSION_COOKIE_NAME}=[^;,]+", told):
            self.cookie = session[0]
        return reply.json() if reply.body else None

    def download(self, path: str) -> bytes:
        """Return the bytes at a path; raises Failed."""
        reply = http.request("GET", self.url + path, max_bytes=64 * 1024 * 1024, trusted=True)
        if reply.status != 200:
            raise Failed(f"GET {path} answered {reply.status}")
        return reply.body


def wait_for(what: str, look: Callable[[], Found | None], *, seconds: float = 20.0) -> Found:
    """Look again and again until there is something; raises Failed when the time is out."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise Failed(f"waited {seconds:.0f} s for {what}")
