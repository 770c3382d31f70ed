"""The outbound client for fan-out: the rules of ``kernel.http`` on aiohttp, many requests at once."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from yarl import URL

from kernel.http import (
    USER_AGENT,
    HttpFailed,
    Reply,
    TargetRefused,
    Timeouts,
    check_address,
    check_url,
)

BODY_SECONDS = 2.0


class GuardedResolver(AbstractResolver):
    """aiohttp's resolver for customers' URLs: every answer is checked at each new connection."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for found_family, _type, proto, _name, sockaddr in answers:
            check_address(str(sockaddr[0]))
            results.append(
                ResolveResult(
                    hostname=host,
                    host=str(sockaddr[0]),
                    port=port,
                    family=found_family,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""


class _Response(aiohttp.ClientResponse):
    """A response that remembers who sent it, also after its connection was given back."""

    address = ""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        peer = connection.transport and connection.transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        return await super().start(connection)


@dataclass
class AsyncClient:
    """The fan-out client: one aiohttp session with the guarded resolver, used by the dispatcher."""

    connections: int = 200
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect_seconds=2.0))
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> AsyncClient:
        connector = aiohttp.TCPConnector(
            limit=self.connections, resolver=GuardedResolver(), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_Response,
            timeout=aiohttp.ClientTimeout(
                total=self.timeouts.total_seconds, sock_connect=self.timeouts.connect_seconds
            ),
        )
        return self

    async def __aexit__(self, *_failure: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, max_bytes: int = 16 * 1024
    ) -> Reply:
        """POST the bytes; redirects are returned, not followed. Raises as `request` does."""
        assert self._session is not None
        check_url(url)
        target = _parsed(url)
        # What the client itself will connect to: it reads 127。0。0。1 as an address.
        host = target.raw_host or ""
        if _skips_the_resolver(host):
            _check_literal(host)
        started = time.monotonic()
        try:
            async with self._session.post(
                target,
                data=body,
                headers={"User-Agent": USER_AGENT, **headers},
                allow_redirects=False,
            ) as response:
                received = await _read(response.content, max_bytes + 1)
                assert isinstance(response, _Response)
                return Reply(
                    status=response.status,
                    headers={k.lower(): v for k, v in response.headers.items()},
                    body=received[:max_bytes],
                    truncated=len(received) > max_bytes,
                    milliseconds=int((time.monotonic() - started) * 1000),
                    address=response.address,
                )
        except HttpFailed:
            raise
        except aiohttp.ClientConnectorError as problem:
            cause = problem.__cause__ or problem.os_error
            if isinstance(cause, HttpFailed):
                raise cause from None
            raise HttpFailed(f"no connection to {host}: {problem}", sent=False) from None
        except TimeoutError:
            raise HttpFailed("no answer in time", sent=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise HttpFailed(f"the connection broke: {problem}", sent=True) from None


def _parsed(url: str) -> URL:
    try:
        return URL(url)
    except ValueError:
        raise TargetRefused("the URL cannot be read") from None


def _skips_the_resolver(host: str) -> bool:
    """Tell a host that aiohttp takes for an address: it would reach no resolver of ours."""
    return ":" in host or host.replace(".", "").isdecimal()


def _check_literal(host: str) -> None:
    """Refuse short and decimal forms (127.1, 2130706433), which only the system can read."""
    try:
        check_address(host)
    except ValueError:
        raise TargetRefused(f"{host} is not an address written in full") from None


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    """Read what comes soon, at most so many bytes; the status has been answered already."""
    if content.at_eof():
        return b""
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while len(received) < most and (more := await content.read(most - len(received))):
                received += more
    except (TimeoutError, aiohttp.ClientPayloadError):
        pass
    return bytes(received)
