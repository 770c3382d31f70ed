"""RTP over UDP: ports, packets, and one stream a leg that only its negotiated peer can reach."""

from __future__ import annotations

import random
import socket
import struct
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
VERSION = 0x80
MARKER = 0x80
# More than this in one tick is a flood: the rest waits in, or falls off, the kernel's buffer.
PACKETS_PER_TICK = 8
RELOCK_SECONDS = 0.5


class PortsError(RuntimeError):
    """Every port of the range is in use."""


class Packet(NamedTuple):
    """One received packet, checked."""

    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes


class Ports:
    """The even ports of a range in random order; a released port goes to the end of the row."""

    def __init__(self, low: int, high: int) -> None:
        even = list(range(low + low % 2, high + 1, 2))
        random.shuffle(even)
        self._free = deque(even)

    def bind(self, host: str) -> socket.socket:
        """Return a non-blocking socket on the next free port; PortsError when none is left."""
        for _ in range(len(self._free)):
            port = self._free.popleft()
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                sock.bind((host, port))
            except OSError:
                sock.close()
                self._free.append(port)
                continue
            sock.setblocking(False)
            return sock
        raise PortsError("no free RTP port")

    def release(self, sock: socket.socket) -> None:
        """Close a socket and take its port back."""
        port = sock.getsockname()[1]
        sock.close()
        self._free.append(port)


@dataclass
class Counters:
    """What went over the wire on one leg."""

    packets_in: int = 0
    packets_out: int = 0
    refused: int = 0
    highest: int | None = None
    first: int = 0

    @property
    def lost(self) -> int:
        """Return how many packets the sequence numbers promise and we never saw."""
        if self.highest is None:
            return 0
        return max(0, self.highest - self.first + 1 - self.packets_in)

    def count_in(self, sequence: int) -> None:
        """Count one packet, following the 16-bit sequence over its wraps."""
        self.packets_in += 1
        if self.highest is None:
            self.first = self.highest = sequence
            return
        step = (sequence - self.highest + 0x8000) % 0x10000 - 0x8000
        if abs(step) > 3000:
            # A new count, not a loss: a peer that restarts its stream starts anywhere.
            self.first += sequence - self.highest - 1
            self.highest = sequence
        elif step > 0:
            self.highest += step

    def as_dict(self) -> dict[str, int]:
        """Return the part that the ``ended`` event carries."""
        return {"packets_in": self.packets_in, "packets_out": self.packets_out, "lost": self.lost}


class Stream:
    """Both directions of one leg's audio over one socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.counters = Counters()
        self.timestamp = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self._ssrc = random.getrandbits(32)
        self._host = ""
        self._target: tuple[str, int] | None = None
        self._latched: int | None = None
        self._peer_ssrc: int | None = None
        self._heard_at = 0.0

    @property
    def heard_at(self) -> float:
        """Return when the peer was last heard, 0 before that."""
        return self._heard_at

    @property
    def port(self) -> int:
        """Return our own port."""
        return int(self.socket.getsockname()[1])

    def aim(self, host: str, port: int) -> None:
        """Set the negotiated peer; a change forgets what was latched."""
        if (host, port) != self._target:
            self._host, self._target = host, (host, port)
            self._latched = self._peer_ssrc = None

    def send(self, payload: bytes, *, payload_type: int, timestamp: int, marker: bool) -> None:
        """Send one packet; a socket error loses it, as a network would."""
        if self._target is None:
            return
        second = payload_type | (MARKER if marker else 0)
        head = HEADER.pack(VERSION, second, self._sequence, timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        target = (self._host, self._latched) if self._latched else self._target
        try:
            self.socket.sendto(head + payload, target)
            self.counters.packets_out += 1
        except OSError:
            return

    def receive(self, now: float) -> list[Packet]:
        """Return the packets that arrived from the peer since the last call."""
        packets = []
        for _ in range(PACKETS_PER_TICK):
            try:
                data, source = self.socket.recvfrom(2048)
            except OSError:
                break
            packet = self._admit(data, source, now)
            if packet is not None:
                packets.append(packet)
        return packets

    def _admit(self, data: bytes, source: tuple[str, int], now: float) -> Packet | None:
        packet, ssrc = _parse(data)
        if packet is None or not self._is_peer(source, ssrc, now):
            self.counters.refused += 1
            return None
        self._heard_at = now
        self.counters.count_in(packet.sequence)
        return packet

    def _is_peer(self, source: tuple[str, int], ssrc: int, now: float) -> bool:
        """Check a source and latch the peer's port and SSRC on the first good packet."""
        if source[0] != self._host:
            return False
        if self._latched is None:
            self._latched = source[1]
        elif source[1] != self._latched:
            if source != self._target:
                return False
            self._latched, self._peer_ssrc = source[1], None
        if self._peer_ssrc != ssrc:
            if self._peer_ssrc is not None and now - self._heard_at < RELOCK_SECONDS:
                return False
            self._peer_ssrc = ssrc
        return True


def _parse(data: bytes) -> tuple[Packet | None, int]:
    if len(data) < HEADER.size:
        return None, 0
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    start = HEADER.size + 4 * (first & 0x0F)
    if first & 0x10 and len(data) >= start + 4:
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if first & 0xC0 != VERSION or end <= start:
        return None, 0
    return Packet(second & 0x7F, sequence, timestamp, data[start:end]), ssrc
