"""The trunk port: one UDP socket that hears only the trunks and never asks the name service."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import deque
from typing import Any

from sippy.Core.EventDispatcher import ED2
from sippy.Network_server import Network_server, Remote_address
from sippy.Time.MonoTime import MonoTime

MAX_MESSAGE = 4096
MAX_LINES = 150
MAX_WAITING = 2000


def is_literal(host: object) -> bool:
    """Return whether a host is an IPv4 address rather than a name."""
    try:
        ipaddress.IPv4Address(str(host))
    except ValueError:
        return False
    return True


class TrunkSocket(Network_server):
    """A transport for sippy: one receiver thread, and sends in the order they were made.

    The stock transport sends from several threads, which swaps a 180 and the 200 after it, and
    resolves every destination, which stops the stack on a host name.
    """

    transport = "udp"

    def __init__(self, shared: dict[str, Any], options: Any) -> None:
        super().__init__(options)
        self._shared = shared
        self._sources: frozenset[str] = shared["trunk_sources"]
        self._names: dict[str, str] = shared["trunk_names"]
        self._public_host: str = shared["public_host"]
        self._waiting: deque[tuple[bytes, tuple[str, int], MonoTime]] = deque()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self.uopts.laddress)
        self.uopts.laddress = self._socket.getsockname()
        # sippy opens every socket twice; the first time, without flags, only tries the port.
        if options.flags:
            threading.Thread(target=self._receive, name="sip-in", daemon=True).start()

    def getSIPaddr(self) -> tuple[tuple[str, int], str]:  # noqa: N802 - sippy's name.
        """Return the address that peers are told."""
        return (self._public_host, self.uopts.laddress[1]), self.transport

    def send_to(self, data: bytes | str, address: Any, delayed: bool = False) -> None:
        """Send now, in this thread; a destination that is no known address is dropped."""
        host, port = address
        host = self._names.get(str(host).lower(), str(host))
        if not is_literal(host):
            return
        payload = data.encode() if isinstance(data, str) else data
        try:
            self._socket.sendto(payload, socket.MSG_DONTWAIT, (host, int(port)))
        except (OSError, OverflowError, TypeError, ValueError):
            return

    def shutdown(self) -> None:
        """Close the socket."""
        self._socket.close()

    def join(self) -> None:
        """Wait for nothing: sends are done when they return."""

    def _receive(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(65535)
            except OSError:
                return
            if self._admits(data, source) and len(self._waiting) < MAX_WAITING:
                self._waiting.append((data, source, MonoTime()))
                ED2.callFromThread(self._deliver)

    def _hears(self, source: tuple[str, int]) -> bool:
        """Whether anything of an address is read at all."""
        return source[0] in self._sources

    def _admits(self, data: bytes, source: tuple[str, int]) -> bool:
        if not self._hears(source) or len(data) > MAX_MESSAGE or data.count(b"\n") > MAX_LINES:
            return False
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        return True

    def _deliver(self) -> None:
        data, source, arrived = self._waiting.popleft()
        self.handle_read(data, Remote_address(source, self.transport), arrived)
