"""The audio side of the phones: RTP sockets that note what they hear, speak and press keys."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sautikit_site.conformance import waves
from sautikit_site.conformance.waves import Pcm

Packet = tuple[int, int, bytes, bool]

_HEADER: Final = struct.Struct("!BBHII")
_HOST: Final = "127.0.0.1"
_BUFFER_BYTES: Final = 1 << 20
_AT_ONCE: Final = 64
_KEY_FRAMES: Final = 5
_KEY_GAP_FRAMES: Final = 4
_VOLUME: Final = 10
# A jump of the sender's clock beyond this is a new stream, placed by its arrival.
_JUMP_FRAMES: Final = 50 * 120


@dataclass
class Ear:
    """One phone's ear and mouth on a port of its own."""

    sock: socket.socket
    port: int
    remote: tuple[str, int] | None = None
    up_at: float = 0.0
    # The name of each 20 ms that arrived, by its place on the sender's clock.
    frames: dict[int, str] = field(default_factory=dict)
    sound: dict[int, Pcm] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    packets: int = 0
    last_at: float = 0.0
    last_loud_at: float = 0.0
    _origin: tuple[int, int] | None = None
    _key_stamps: set[int] = field(default_factory=set)
    _outbox: deque[Packet] = field(default_factory=deque)
    _sequence: int = 0
    _stamp: int = 0
    _ssrc: int = field(default_factory=lambda: random.getrandbits(32))

    def meet(self, host: str, port: int) -> None:
        """Begin to speak to the far end; what is heard counts from here."""
        self.remote = (host, port)
        if not self.up_at:
            self.up_at = self.last_loud_at = time.monotonic()

    def labels(self) -> list[str]:
        """Return the frames in order; one that never came was silent."""
        if not self.frames:
            return []
        return [
            self.frames.get(at, waves.QUIET) for at in range(min(self.frames), max(self.frames) + 1)
        ]

    def heard(self) -> list[waves.Run]:
        return waves.runs(self.labels())

    def say(self, samples: Pcm) -> float:
        """Queue a sound and return how long it lasts."""
        whole = samples[: len(samples) // waves.FRAME * waves.FRAME].reshape(-1, waves.FRAME)
        for frame in whole:
            self._outbox.append((waves.PCMA, waves.FRAME, waves.encode(frame), False))
        return len(whole) * waves.FRAME_SECONDS

    def press(self, key: str) -> float:
        """Queue a key as RFC 4733 sends it and return how long it takes."""
        code = waves.KEYS.index(key)
        for step in range(1, _KEY_FRAMES + 1):
            body = struct.pack("!BBH", code, _VOLUME, step * waves.FRAME)
            self._outbox.append((waves.KEYS_TYPE, 0, body, step == 1))
        body = struct.pack("!BBH", code, 0x80 | _VOLUME, _KEY_FRAMES * waves.FRAME)
        # All packets of a key carry its beginning; the clock goes on after the last one.
        for step in (0, 0, (_KEY_FRAMES + 3) * waves.FRAME):
            self._outbox.append((waves.KEYS_TYPE, step, body, False))
        self.say(waves.tone(0, _KEY_GAP_FRAMES * waves.FRAME_SECONDS))
        return (_KEY_FRAMES + 3 + _KEY_GAP_FRAMES) * waves.FRAME_SECONDS

    def tick(self, now: float) -> None:
        """Take what arrived and send what is due."""
        for _ in range(_AT_ONCE):
            try:
                data = self.sock.recv(2048)
            except OSError:
                break
            self._take(data, now)
        if self.remote:
            self._send()

    def _send(self) -> None:
        kind, step, payload, marker = (
            self._outbox.popleft() if self._outbox else (waves.PCMA, waves.FRAME, _SILENT, False)
        )
        second = kind | (0x80 if marker else 0)
        head = _HEADER.pack(0x80, second, self._sequence, self._stamp & 0xFFFFFFFF, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._stamp += step
        assert self.remote is not None
        with contextlib.suppress(OSError):
            self.sock.sendto(head + payload, self.remote)

    def _take(self, data: bytes, now: float) -> None:
        if len(data) < _HEADER.size or data[0] >> 6 != 2:
            return
        _, second, _, stamp, ssrc = _HEADER.unpack_from(data)
        kind, payload = second & 0x7F, data[_HEADER.size :]
        self.packets += 1
        self.last_at = now
        if kind == waves.KEYS_TYPE and len(payload) >= 4:
            self._take_key(stamp, payload)
        elif kind in (waves.PCMU, waves.PCMA):
            self._take_sound(waves.decode(payload, kind), stamp, ssrc, now)

    def _take_key(self, stamp: int, payload: bytes) -> None:
        if stamp not in self._key_stamps:
            self._key_stamps.add(stamp)
            self.keys.append(waves.KEYS[payload[0] % len(waves.KEYS)])

    def _take_sound(self, samples: Pcm, stamp: int, ssrc: int, now: float) -> None:
        if self._origin is None:
            self._origin = (ssrc, stamp)
        at = ((stamp - self._origin[1] + 2**31) % 2**32 - 2**31) // waves.FRAME
        if self._origin[0] != ssrc or abs(at) > _JUMP_FRAMES:
            # Another stream: it goes on after the last frame.
            at = max(self.frames, default=-1) + 1
            self._origin = (ssrc, stamp - at * waves.FRAME)
        for offset in range(0, len(samples) - waves.FRAME + 1, waves.FRAME):
            frame = samples[offset : offset + waves.FRAME]
            label = waves.name_frame(frame)
            self.frames[at + offset // waves.FRAME] = label
            self.sound[at + offset // waves.FRAME] = frame
            if label != waves.QUIET:
                self.last_loud_at = now


_SILENT: Final = waves.encode(waves.tone(0, waves.FRAME_SECONDS))


class Ears:
    """All ears of a run, served by one thread in steps of 20 ms."""

    def __init__(self, low: int) -> None:
        self._next = low
        self._by_port: dict[int, Ear] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="ears", daemon=True)
        self._thread.start()

    def open(self) -> Ear:
        """Return a fresh ear on a free port."""
        with self._lock:
            while True:
                port = self._next
                self._next += 2
                if port > 65000:
                    raise RuntimeError("no free port for an ear")
                sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
                try:
                    sock.bind((_HOST, port))
                except OSError:
                    sock.close()
                    continue
                sock.setblocking(False)
                self._by_port[port] = Ear(sock, port)
                return self._by_port[port]

    def at(self, port: int) -> Ear | None:
        return self._by_port.get(port)

    def shut(self, ear: Ear) -> None:
        """Close an ear that is not needed any more; what it heard stays with its owner."""
        with self._lock:
            self._by_port.pop(ear.port, None)
        ear.sock.close()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        for ear in list(self._by_port.values()):
            ear.sock.close()

    def _serve(self) -> None:
        for now in _beat(waves.FRAME_SECONDS, self._over):
            for ear in list(self._by_port.values()):
                ear.tick(now)


def _beat(seconds: float, over: threading.Event) -> Iterator[float]:
    """Give the time again and again; after a stall the missed beats come at once."""
    due = time.monotonic()
    while not over.is_set():
        now = time.monotonic()
        yield now
        due = max(due + seconds, now - 1.0)
        over.wait(max(0.0, due - time.monotonic()))
