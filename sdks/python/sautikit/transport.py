"""HTTP to the API with nothing but the standard library: kept connections and safe retries."""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from sautikit.errors import SautikitError

# The far end has done nothing in any of these, so asking again is safe.
RETRIED = (429, 503)
LONGEST_WAIT_SECONDS = 30.0


def connect(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to the host of a URL and the target on it; proxies are honoured."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if is_tls else 80)
    proxy = getproxies().get(parts.scheme) if not proxy_bypass(host) else None
    made: http.client.HTTPConnection
    via = urlsplit(proxy if proxy and "://" in proxy else f"//{proxy or ''}")
    where = (via.hostname or host, via.port or 80 if proxy else port)
    if is_tls:
        context = ssl.create_default_context()
        made = http.client.HTTPSConnection(*where, timeout=timeout, context=context)
        if proxy:
            made.set_tunnel(host, port)
        return made, target
    made = http.client.HTTPConnection(*where, timeout=timeout)
    return made, (url if proxy else target)


class Transport:
    """Sends requests with the key; each thread keeps a connection of its own."""

    def __init__(
        self, *, api_key: str, base_url: str, timeout: float, max_retries: int, user_agent: str
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._max_retries = max_retries
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "Accept": "application/json",
            "User-Agent": user_agent,
        }
        self._kept = threading.local()

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
        """Ask and return the parsed reply; raises SautikitError.

        A POST carries an `Idempotency-Key`, so a repeat never does the work twice.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = path + (f"?{urlencode(given)}" if given else "")
        headers = dict(self._headers)
        raw = None
        if method != "GET":
            raw = json.dumps({} if body is None else body).encode()
            headers["Content-Type"] = "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        return self._patiently(method, target, raw, headers)

    def _patiently(
        self, method: str, target: str, raw: bytes | None, headers: dict[str, str]
    ) -> Any:
        for attempt in range(self._max_retries + 1):
            is_last = attempt == self._max_retries
            try:
                status, answered, text = self._once(method, target, raw, headers)
            except ConnectionRefusedError as problem:
                if is_last:
                    raise _unreachable(self.base_url, problem) from None
                time.sleep(_wait_seconds(attempt, ""))
                continue
            except (OSError, http.client.HTTPException) as problem:
                raise _unreachable(self.base_url, problem) from None
            if status in RETRIED and not is_last:
                time.sleep(_wait_seconds(attempt, answered.get("retry-after", "")))
                continue
            return _read(status, text)
        raise AssertionError("the last attempt returns or raises")

    def _once(
        self, method: str, target: str, raw: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        kept = getattr(self._kept, "connection", None)
        if kept is not None:
            try:
                return self._exchange(kept, method, target, raw, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server closed it while it was idle; what was sent carries its key.
                self._forget()
        fresh, _root = connect(self.base_url, self._timeout)
        try:
            reply = self._exchange(fresh, method, target, raw, headers)
        except BaseException:
            fresh.close()
            raise
        self._kept.connection = fresh
        return reply

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        raw: bytes | None,
        headers: dict[str, str],
    ) -> tuple[int, dict[str, str], bytes]:
        base = urlsplit(self.base_url).path
        try:
            connection.request(method, base + target, body=raw, headers=headers)
            response = connection.getresponse()
            text = response.read()
        except BaseException:
            self._forget()
            raise
        if response.will_close:
            self._forget()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, text

    def _forget(self) -> None:
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept is not None:
            kept.close()


def _read(status: int, text: bytes) -> Any:
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = None
    if status >= 400:
        raise SautikitError.of_reply(status, body)
    return body


def _wait_seconds(attempt: int, retry_after: str) -> float:
    """Wait as long as the server asks, else about 0.3, 0.6, 1.2 … seconds."""
    if retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_SECONDS)
    return random.uniform(0.5, 1.0) * 0.6 * 2.0**attempt


def _unreachable(base_url: str, problem: Exception) -> SautikitError:
    return SautikitError(f"{base_url} cannot be reached: {problem}", code="unreachable")
