"""The outbound client for fan-out: the rules of ``kernel.http``, many requests at once, kept connections."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from urllib.parse import quote

from kernel import http
from kernel.http import (
    USER_AGENT,
    HttpFailed,
    Reply,
    Timeouts,
    Timings,
    check_address,
    check_url,
    tls,
)
from kernel.http_wire import Answer, Wire

# A name is asked for again after so long, and a connection is used no longer than that.
RESOLVED_SECONDS = 60.0
# How long a connection waits for the next request.
IDLE_SECONDS = 15.0
# Names that nobody answers for must not stop the others from being asked.
RESOLVERS = 16
ADDRESSES_TRIED = 3

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was checked, and the first lines of every request to it."""

    key: Key
    head: bytes


@dataclass(slots=True)
class _Kept:
    """A connection between two requests."""

    wire: Wire
    since: float


@dataclass
class AsyncClient:
    """The fan-out client of the dispatcher and of retries: plain HTTP/1.1 on asyncio, and TLS.

    A request that finds its kept connection closed is sent once more on a new one, so it is for
    requests that may arrive twice.
    """

    connections: int = 200
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect_seconds=2.0))
    _kept: dict[Key, list[_Kept]] = field(default_factory=dict)
    _names: dict[tuple[str, int], tuple[float, asyncio.Future[list[str]]]] = field(
        default_factory=dict
    )
    _resolvers: ThreadPoolExecutor | None = None
    _tls: ssl.SSLContext | None = None
    _sweep: asyncio.TimerHandle | None = None
    _idle_count: int = 0
    _loop: asyncio.AbstractEventLoop = field(init=False)

    async def __aenter__(self) -> AsyncClient:
        self._loop = asyncio.get_running_loop()
        self._sweep = self._loop.call_later(IDLE_SECONDS, self._close_idle)
        return self

    async def __aexit__(self, *_failure: object) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
        for kept in self._kept.values():
            for each in kept:
                each.wire.close()
        self._kept.clear()
        if self._resolvers is not None:
            self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        max_bytes: int = 16 * 1024,
        timings: Timings | None = None,
    ) -> Reply:
        """POST the bytes; redirects are returned, not followed. Raises as `request` does."""
        timings = timings or Timings()
        target = _target(url, http.policy())
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        parcel = b"%bContent-Length: %d\r\n%b\r\n%b" % (
            target.head, len(body), lines.encode("latin-1"), body,
        )  # fmt: skip
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.timeouts.total_seconds):
                answer = await self._ask(target.key, parcel, max_bytes, timings)
        except TimeoutError:
            raise HttpFailed("no answer in time", sent=True) from None
        except (OSError, ValueError) as problem:
            raise HttpFailed(f"the connection broke: {problem}", sent=True) from None
        finally:
            timings.total_ms = _ms(time.monotonic() - started)
        return Reply(
            status=answer.status,
            headers=answer.headers,
            body=bytes(answer.body[:max_bytes]),
            truncated=len(answer.body) > max_bytes,
            milliseconds=int(timings.total_ms),
            address=timings.address,
        )

    async def _ask(self, key: Key, parcel: bytes, max_bytes: int, timings: Timings) -> Answer:
        """Send on a kept connection, or on a new one; a kept one may turn out to be closed."""
        kept = self._take(key)
        if kept is not None:
            timings.address = kept.wire.address
            try:
                return await self._exchange(key, kept, parcel, max_bytes, timings)
            except (ConnectionError, EOFError):
                if kept.wire.has_heard:
                    raise
        fresh = await self._connect(key, timings)
        return await self._exchange(key, fresh, parcel, max_bytes, timings)

    async def _exchange(
        self, key: Key, kept: _Kept, parcel: bytes, max_bytes: int, timings: Timings
    ) -> Answer:
        sent = time.monotonic()
        wire = kept.wire
        try:
            answer = await wire.ask(parcel, max_bytes)
        finally:
            if wire.heard_at:
                timings.first_byte_ms = _ms(wire.heard_at - sent)
            self._give_back(key, kept)
        return answer

    def _take(self, key: Key) -> _Kept | None:
        """Return a kept connection that still stands and was resolved not long ago."""
        idle = self._kept.get(key)
        while idle:
            kept = idle.pop()
            self._idle_count -= 1
            if kept.wire.is_open and time.monotonic() - kept.since < RESOLVED_SECONDS:
                return kept
            kept.wire.close()
        return None

    def _give_back(self, key: Key, kept: _Kept) -> None:
        if not kept.wire.is_reusable or self._idle_count >= 2 * self.connections:
            kept.wire.close()
            return
        kept.wire.idle_since = time.monotonic()
        self._kept.setdefault(key, []).append(kept)
        self._idle_count += 1

    def _close_idle(self) -> None:
        """Close what waited too long; the rest is kept in the same order, the newest last."""
        oldest = time.monotonic() - IDLE_SECONDS
        standing: dict[Key, list[_Kept]] = {}
        for key, idle in self._kept.items():
            for each in idle:
                if each.wire.is_open and each.wire.idle_since > oldest:
                    standing.setdefault(key, []).append(each)
                else:
                    each.wire.close()
        self._kept = standing
        self._idle_count = sum(map(len, standing.values()))
        self._sweep = self._loop.call_later(IDLE_SECONDS / 3, self._close_idle)

    async def _connect(self, key: Key, timings: Timings) -> _Kept:
        """Resolve, check every answer, and connect to one of just these addresses."""
        scheme, host, port = key
        since = time.monotonic()
        try:
            async with asyncio.timeout(self.timeouts.connect_seconds):
                addresses = await self._resolve(host, port)
                timings.dns_ms = _ms(time.monotonic() - since)
                wire = await self._open(addresses, port, timings)
        except TimeoutError:
            step = "connection" if timings.dns_ms is not None else "address"
            raise HttpFailed(f"no {step} for {host} in time", sent=False) from None
        if scheme == "https":
            await self._secure(wire, host, timings)
        return _Kept(wire, since)

    async def _open(self, addresses: list[str], port: int, timings: Timings) -> Wire:
        """Connect to the first address that takes it; the time is shared among those tried."""
        problem: OSError | None = None
        tried = addresses[:ADDRESSES_TRIED]
        for address in tried:
            begun = time.monotonic()
            timings.address = address
            wire = Wire(self._loop, address)
            try:
                async with asyncio.timeout(self.timeouts.connect_seconds / len(tried)):
                    # An address is not resolved again: this connects to just what was checked.
                    await self._loop.create_connection(partial(_same, wire), address, port)
            except (OSError, TimeoutError) as failure:
                problem = failure
                continue
            timings.connect_ms = _ms(time.monotonic() - begun)
            return wire
        reason = "no answer in time" if isinstance(problem, TimeoutError) else problem
        raise HttpFailed(f"no connection to {timings.address}: {reason}", sent=False)

    async def _secure(self, wire: Wire, host: str, timings: Timings) -> None:
        """Speak TLS on a connection from now on; the certificate must be the host's."""
        begun = time.monotonic()
        try:
            await wire.secure(self._context(), host)
        except (OSError, ssl.SSLError) as problem:
            raise HttpFailed(f"no connection to {host}: {problem}", sent=False) from None
        timings.tls_ms = _ms(time.monotonic() - begun)

    async def _resolve(self, host: str, port: int) -> list[str]:
        """Return addresses that may be reached; each is checked again at every connection."""
        try:
            addresses = [str(ipaddress.ip_address(host.partition("%")[0]))]
        except ValueError:
            addresses = await self._look_up(host, port)
        for address in addresses:
            check_address(address)
        return addresses

    async def _look_up(self, host: str, port: int) -> list[str]:
        """Ask the system once for those who want the name at the same time."""
        known = self._names.get((host, port))
        if known is None or known[0] < time.monotonic():
            if len(self._names) > 10_000:
                self._names.clear()
            if self._resolvers is None:
                self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")
            asked = self._loop.run_in_executor(self._resolvers, _addresses, host, port)
            known = self._names[host, port] = (time.monotonic() + RESOLVED_SECONDS, asked)
        try:
            return await asyncio.shield(known[1])
        except (OSError, UnicodeError) as problem:
            self._names.pop((host, port), None)
            raise HttpFailed(
                f"the name {host} could not be resolved: {problem}", sent=False
            ) from None

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls()
        return self._tls


def _same(wire: Wire) -> Wire:
    return wire


def _addresses(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not answers:
        raise OSError("no address")
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


# The policy is part of the key: what was allowed under one is checked again under another.
@lru_cache(maxsize=4096)
def _target(url: str, _policy: http.Policy) -> Target:
    scheme, host, port, path = check_url(url)
    try:
        name = host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise http.TargetRefused("the URL cannot be read") from None
    line = quote(path, safe="%/:?#[]@!$&'()*+,;=~-._")
    lines = (
        f"POST {line} HTTP/1.1",
        f"Host: {http.host_header(scheme, name, port)}",
        f"User-Agent: {USER_AGENT}",
        "Accept: */*",
    )
    return Target((scheme, name, port), "".join(f"{each}\r\n" for each in lines).encode("ascii"))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
