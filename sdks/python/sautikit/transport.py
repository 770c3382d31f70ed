"""HTTP to the API with nothing but the standard library: kept connections and safe retries."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from sautikit import wire
from sautikit.errors import SautikitConnectionError, SautikitError
from sautikit.wire import Reply, Request

# The host could not be found or refused: nothing has arrived there.
UNREACHED = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH}


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
    """Sends requests; each thread keeps a connection of its own."""

    def __init__(self, base_url: str, *, timeout: float, max_retries: int) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self.max_retries = max_retries
        self._kept = threading.local()

    def send(self, request: Request) -> Reply:
        """Ask, again where that is safe, and return the reply; raises SautikitError."""
        for tried in range(self.max_retries + 1):
            try:
                return self.once(request)
            except SautikitError as problem:
                pause = wire.wait_seconds(problem, tried)
                if pause is None or tried == self.max_retries:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def once(self, request: Request) -> Reply:
        """Ask one time."""
        try:
            return wire.reply(*self._once(request))
        except socket.timeout as problem:
            told = f"No answer from {self.base_url} within {self.timeout:g} seconds."
            raise SautikitConnectionError(told, code="timeout") from problem
        except (OSError, http.client.HTTPException) as problem:
            unreached = isinstance(problem, socket.gaierror) or (
                isinstance(problem, OSError) and problem.errno in UNREACHED
            )
            told = f"{self.base_url} cannot be reached: {problem}"
            raise SautikitConnectionError(
                told, code="connection_failed", unreached=unreached
            ) from problem

    def _once(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        kept = getattr(self._kept, "connection", None)
        if kept is not None:
            try:
                return self._exchange(kept, request)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server closed it while it was idle; what creates something carries its key.
                self._forget()
        fresh, _target = connect(self.base_url, self.timeout)
        self._kept.connection = fresh
        return self._exchange(fresh, request)

    def _exchange(
        self, connection: http.client.HTTPConnection, request: Request
    ) -> tuple[int, dict[str, str], bytes]:
        _connection, target = connect(self.base_url + request.target, self.timeout)
        try:
            connection.request(request.method, target, body=request.body, headers=request.headers)
            response = connection.getresponse()
            text = response.read()
        except BaseException:
            self._forget()
            raise
        if response.will_close:
            self._forget()
        return response.status, dict(response.getheaders()), text

    def _forget(self) -> None:
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept is not None:
            kept.close()
