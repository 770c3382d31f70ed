"""Outgoing WebSockets under the rules of ``kernel.http``: resolved once, pinned, no redirects, bounded."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket_connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from kernel import http
from kernel.http import USER_AGENT, HttpFailed, TargetRefused, Timeouts, tls

SECURE = "wss://"
SCHEMES = {"ws": "http", "wss": "https"}
# Names that nobody answers for must not stop the others from being asked.
RESOLVERS = 8
MESSAGE_BYTES_MAX = 1024 * 1024
PING_SECONDS = 20.0
CLOSE_SECONDS = 2.0


class _Pinned(websocket_connect):
    """Stays with the address that was checked: where a redirect leads was not."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


def check_url(url: str) -> tuple[str, str, int]:
    """Return (scheme, host, port) of a ws or wss address; raises TargetRefused."""
    scheme, separator, rest = url.partition("://")
    if scheme not in SCHEMES or not separator:
        raise TargetRefused("the URL must begin with {scheme} and name a host", scheme=SECURE)
    try:
        _, host, port, _ = http.check_url(f"{SCHEMES[scheme]}://{rest}")
    except TargetRefused as problem:
        facts = {**problem.reason.facts, "scheme": SECURE}
        raise TargetRefused(problem.reason.pattern, **facts) from None
    return scheme, host, port


async def connect(
    url: str,
    *,
    subprotocol: str,
    headers: Mapping[str, str],
    timeouts: Timeouts,
) -> ClientConnection:
    """Open a WebSocket to the address that was checked; raises TargetRefused or HttpFailed.

    The far end must take the sub-protocol. Redirects are failures.
    """
    scheme, host, port = check_url(url)
    try:
        async with asyncio.timeout(timeouts.total_seconds):
            sock = await _dial(host, port, timeouts.connect_seconds)
            try:
                connection = await _shake_hands(url, sock, scheme, host, subprotocol, headers)
            except BaseException:
                sock.close()
                raise
    except TimeoutError:
        raise HttpFailed("no answer in time", sent=True) from None
    except InvalidStatus as problem:
        raise HttpFailed(f"the server answered {problem.response.status_code}", sent=True) from None
    except (InvalidHandshake, WebSocketException, OSError, EOFError, ValueError) as problem:
        raise HttpFailed(f"the connection failed: {problem}", sent=True) from None
    if connection.subprotocol != subprotocol:
        await connection.close()
        raise HttpFailed(f"the server does not speak {subprotocol}", sent=True)
    return connection


async def _dial(host: str, port: int, seconds: float) -> socket.socket:
    loop = asyncio.get_running_loop()
    address = await loop.run_in_executor(_resolvers(), http.resolve, host, port)
    is_six = ipaddress.ip_address(address.split("%")[0]).version == 6
    sock = socket.socket(socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await loop.sock_connect(sock, (address, port))
    except TimeoutError:
        sock.close()
        raise HttpFailed(f"no connection to {host} in time", sent=False) from None
    except OSError as problem:
        sock.close()
        raise HttpFailed(f"no connection to {host}: {problem}", sent=False) from None
    except BaseException:
        sock.close()
        raise
    return sock


async def _shake_hands(
    url: str,
    sock: socket.socket,
    scheme: str,
    host: str,
    subprotocol: str,
    headers: Mapping[str, str],
) -> ClientConnection:
    secure = {"ssl": tls(), "server_hostname": host} if scheme == "wss" else {}
    return await _Pinned(
        url,
        sock=sock,
        subprotocols=[Subprotocol(subprotocol)],
        additional_headers=dict(headers),
        user_agent_header=USER_AGENT,
        compression=None,
        proxy=None,
        open_timeout=None,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        close_timeout=CLOSE_SECONDS,
        max_size=MESSAGE_BYTES_MAX,
        **secure,  # type: ignore[arg-type]
    )


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(RESOLVERS, "resolver")
