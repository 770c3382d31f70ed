"""Keys: RFC 4733 events in and out, and the two SIP INFO forms."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass

from telephony.engine.codec import FRAME, SAMPLE_RATE

KEYS = "0123456789*#ABCD"
EVENT = struct.Struct("!BBH")
END = 0x80
VOLUME = 10
PRESS_FRAMES = 5
END_PACKETS = 3
GAP_FRAMES = 4
# An event whose end packets were all lost counts as released after this silence.
LOST_END_SECONDS = 0.12


@dataclass(frozen=True)
class Digit:
    """One key press, by whichever way it came."""

    key: str
    source: str
    duration_ms: int


class Receiver:
    """Turns the packets of telephone-events into one digit per press, told apart by timestamp."""

    def __init__(self) -> None:
        self._timestamp: int | None = None
        self._key = ""
        self._duration = 0
        self._open = False
        self._seen_at = 0.0

    def packet(self, timestamp: int, payload: bytes, now: float) -> Digit | None:
        """Take one packet; a digit comes out at its first end packet."""
        if len(payload) < EVENT.size:
            return None
        event, flags, duration = EVENT.unpack_from(payload)
        if event >= len(KEYS) or self._is_old(timestamp):
            return None
        digit = None
        if timestamp != self._timestamp:
            digit = self._close()
            self._timestamp, self._open = timestamp, True
        self._key, self._duration, self._seen_at = KEYS[event], duration, now
        if flags & END and self._open:
            return digit or self._close()
        return digit

    def overdue(self, now: float) -> Digit | None:
        """Return the digit whose end never came."""
        if self._open and now - self._seen_at > LOST_END_SECONDS:
            return self._close()
        return None

    def _is_old(self, timestamp: int) -> bool:
        """Tell a late duplicate of a press that is over from the next press."""
        if self._timestamp is None:
            return False
        step = (timestamp - self._timestamp + 0x80000000) % 0x100000000 - 0x80000000
        return step < 0 or (step == 0 and not self._open)

    def _close(self) -> Digit | None:
        if not self._open:
            return None
        self._open = False
        return Digit(self._key, "rfc4733", self._duration * 1000 // SAMPLE_RATE)


@dataclass(frozen=True)
class EventPacket:
    """One telephone-event packet to send; ``age`` frames after the start of its press."""

    payload: bytes
    age: int
    marker: bool


class Sender:
    """Spells keys as telephone-event packets, one a tick, with three end packets a key."""

    def __init__(self) -> None:
        self._waiting: deque[EventPacket | None] = deque()

    def press(self, keys: str) -> None:
        """Queue keys; anything that is no key is left out."""
        for key in keys.upper():
            if key in KEYS:
                self._waiting.extend(_spell(KEYS.index(key)))

    @property
    def busy(self) -> bool:
        """Return whether a key is being sent."""
        return bool(self._waiting)

    def next(self) -> EventPacket | None:
        """Return the packet of this tick; None inside the gap between two keys."""
        return self._waiting.popleft()


def _spell(event: int) -> list[EventPacket | None]:
    packets: list[EventPacket | None] = []
    for age in range(PRESS_FRAMES + END_PACKETS):
        ended = END if age >= PRESS_FRAMES else 0
        duration = min(age + 1, PRESS_FRAMES) * FRAME
        payload = EVENT.pack(event, ended | VOLUME, duration)
        packets.append(EventPacket(payload, age, marker=age == 0))
    return packets + [None] * GAP_FRAMES


def parse_info(content_type: str, body: str) -> Digit | None:
    """Return the key of a SIP INFO body, or None when it is about something else."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/dtmf":
        return _digit(body.strip(), 0)
    if kind == "application/dtmf-relay":
        pairs = [line.partition("=") for line in body.splitlines()]
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        duration = fields.get("duration", "")
        return _digit(fields.get("signal", ""), int(duration) if duration.isdecimal() else 0)
    return None


def _digit(key: str, duration_ms: int) -> Digit | None:
    key = key.upper()
    if len(key) != 1 or key not in KEYS:
        return None
    return Digit(key, "info", min(duration_ms, 60_000))
