"""The one outbound HTTP client: resolved once, pinned, bounded in time and size, public addresses only.

Its asynchronous half is ``kernel.http_async``, which only the webhooks' sending loop loads.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore

from kernel.phrases import Phrase

# What the standard library takes for public: protocol assignments (a cloud's metadata is among
# them), 6to4 relays, site-local, documentation, segment ids.
NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20", "5f00::/16")
]
SECURE = "https://"
UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
USER_AGENT = "Sautikit/1 (+https://sautikit.com/developers)"


@dataclass(frozen=True, slots=True)
class Policy:
    """Where customers' URLs may point: loopback and http only on a sandbox installation."""

    allow_loopback: bool = False
    ports: frozenset[int] = frozenset({443, 8443})


_policy = Policy()


def configure(policy: Policy) -> None:
    """Set the policy of this process; called once when Django starts."""
    global _policy
    _policy = policy


def policy() -> Policy:
    """Return the policy of this process."""
    return _policy


class HttpFailed(Exception):
    """The request got no answer; `sent` says whether the far end may have acted on it."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class TargetRefused(HttpFailed):
    """The URL may not be asked: scheme, port, credentials or address."""

    reason: Phrase

    def __init__(self, pattern: str, **facts: object) -> None:
        super().__init__(Phrase(pattern, **facts), sent=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `body` is cut at the size cap and `truncated` says so."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    milliseconds: int
    address: str

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    # JSON is whatever the far end wrote; the caller checks the shape.
    def json(self) -> Any:
        """Return the parsed body; raises ValueError when it is not JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Timeouts:
    connect_seconds: float = 3.0
    total_seconds: float = 10.0


@dataclass(slots=True)
class Timings:
    """Where the time of one request went, filled in while it runs; None is a step not taken."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0
    address: str = ""

    def steps(self) -> dict[str, float]:
        """Return the steps that were taken."""
        pairs = (
            ("dns_ms", self.dns_ms),
            ("connect_ms", self.connect_ms),
            ("tls_ms", self.tls_ms),
            ("first_byte_ms", self.first_byte_ms),
        )
        return {name: spent for name, spent in pairs if spent is not None}


def check_url(url: str, *, trusted: bool = False) -> tuple[str, str, int, str]:
    """Return (scheme, host, port, target) or raise TargetRefused; resolves nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetRefused("the URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TargetRefused("the URL must begin with {scheme} and name a host", scheme=SECURE)
    if UNPRINTABLE.search(url):
        raise TargetRefused("the URL contains a space or control character")
    if parts.username or parts.password:
        raise TargetRefused("the URL must not contain a user name or password")
    port = port or (443 if parts.scheme == "https" else 80)
    if not trusted and not _policy.allow_loopback:
        if parts.scheme != "https":
            raise TargetRefused("the URL must begin with {scheme}", scheme=SECURE)
        if port not in _policy.ports:
            raise TargetRefused("port {port} is not allowed", port=port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, target


def check_address(address: str) -> None:
    """Raise TargetRefused unless the address is public unicast (or loopback where allowed)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = _embedded(ip)
    if inner is not None:
        ip = inner
    if _policy.allow_loopback and ip.is_loopback:
        return
    is_odd = any(ip in network for network in NOT_PUBLIC)
    if is_odd or not ip.is_global or ip.is_multicast or ip.is_reserved:
        raise TargetRefused("{address} is not a public address", address=address)


_CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 form carries: mapped, 6to4, Teredo or NAT64."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    carries = any(ip in network for network in _CARRIERS)
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if carries and int(ip) > 1 else None


def resolve(host: str, port: int, *, trusted: bool = False) -> str:
    """Resolve once; every answer must be allowed; return the first."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise HttpFailed(f"the name {host} could not be resolved: {problem}", sent=False) from None
    addresses = [str(answer[4][0]) for answer in answers]
    if not trusted:
        for address in addresses:
            check_address(address)
    return addresses[0]


class _PinnedBackend(httpcore.SyncBackend):
    """Connects to the address that was checked, whatever the name says a moment later."""

    def __init__(self, address: str) -> None:
        self._address = address

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        # The options of a socket are as httpcore types them.
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        return super().connect_tcp(self._address, port, timeout, local_address, socket_options)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeouts: Timeouts = Timeouts(),
    max_bytes: int = 64 * 1024,
    trusted: bool = False,
) -> Reply:
    """Ask one URL and return the reply, redirects included as they are.

    `trusted` is for addresses an operator configured (Daraja, the sandbox), never for a customer's.
    Raises TargetRefused, or HttpFailed with `sent` False when the far end cannot have seen it.
    """
    scheme, host, port, target = check_url(url, trusted=trusted)
    address = resolve(host, port, trusted=trusted)
    all_headers = {
        "Host": host_header(scheme, host, port),
        "User-Agent": USER_AGENT,
        **(headers or {}),
    }
    if body is not None:
        all_headers.setdefault("Content-Length", str(len(body)))
    exchange = _Exchange(host, address, timeouts, max_bytes)
    origin = httpcore.URL(
        scheme=scheme.encode(), host=host.encode("idna"), port=port, target=target.encode()
    )
    return exchange.run(method, origin, list(all_headers.items()), body)


@dataclass
class _Exchange:
    """One request to one pinned address; it knows whether the far end may have seen it."""

    host: str
    address: str
    timeouts: Timeouts
    max_bytes: int
    _sent: bool = False

    def run(
        self, method: str, url: httpcore.URL, headers: list[tuple[str, str]], body: bytes | None
    ) -> Reply:
        try:
            return self._ask(method, url, headers, body)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
            raise HttpFailed(f"no connection to {self.host}: {problem}", sent=False) from None
        except httpcore.TimeoutException:
            raise HttpFailed("no answer in time", sent=self._sent) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as problem:
            raise HttpFailed(f"the connection broke: {problem}", sent=self._sent) from None

    def _ask(
        self, method: str, url: httpcore.URL, headers: list[tuple[str, str]], body: bytes | None
    ) -> Reply:
        started = time.monotonic()
        connection = httpcore.HTTPConnection(
            url.origin,
            ssl_context=tls() if url.scheme == b"https" else None,
            network_backend=_PinnedBackend(self.address),
        )
        extensions = {"timeout": self._limits(), "trace": self._trace}
        with (
            connection,
            connection.stream(
                method, url, headers=headers, content=body, extensions=extensions
            ) as response,
        ):
            deadline = started + self.timeouts.total_seconds
            received, truncated = _read(response.iter_stream(), self.max_bytes, deadline)
            found: dict[str, str] = {}
            for name, value in response.headers:
                keep_header(found, name, value)
            return Reply(
                status=response.status,
                headers=found,
                body=received,
                truncated=truncated,
                milliseconds=int((time.monotonic() - started) * 1000),
                address=self.address,
            )

    def _limits(self) -> dict[str, float]:
        total = self.timeouts.total_seconds
        return {
            "connect": self.timeouts.connect_seconds,
            "read": total,
            "write": total,
        }

    def _trace(self, event: str, _info: object) -> None:
        self._sent = self._sent or event.startswith("http11.send_request_headers")


def tls() -> ssl.SSLContext:
    """Return what checks a server's name against the authorities that the machine trusts."""
    return _tls(ssl.get_default_verify_paths())


# Reading the authorities takes longer than a request; a process that started keeps them.
@lru_cache(maxsize=2)
def _tls(_paths: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    return ssl.create_default_context()


def host_header(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == (443 if scheme == "https" else 80) else f"{name}:{port}"


def keep_header(headers: dict[str, str], name: bytes, value: bytes) -> None:
    """Add a header of an answer; one that comes again is joined with a comma (RFC 9110 section 5.3)."""
    key, text = name.decode("latin-1").lower(), value.decode("latin-1")
    headers[key] = f"{headers[key]}, {text}" if key in headers else text


def _read(chunks: Iterable[bytes], max_bytes: int, deadline: float) -> tuple[bytes, bool]:
    received = bytearray()
    for chunk in chunks:
        received += chunk
        if len(received) > max_bytes:
            return bytes(received[:max_bytes]), True
        if time.monotonic() > deadline:
            raise httpcore.ReadTimeout("the answer took too long")
    return bytes(received), False


def redirect_target(url: str, reply: Reply) -> str | None:
    """Return where a 307 or 308 points, or None; https never falls back to http."""
    if reply.status not in (307, 308) or "location" not in reply.headers:
        return None
    target = urljoin(url, reply.headers["location"])
    if url.startswith("https:") and not target.startswith("https:"):
        return None
    return target
