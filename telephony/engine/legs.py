"""A leg: one call between us and a trunk, and its clock."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from telephony.engine import sdp
from telephony.engine.capture import Capture
from telephony.engine.codec import Pcm
from telephony.engine.config import Trunk
from telephony.engine.gather import Gather
from telephony.engine.media import Media

if TYPE_CHECKING:
    from telephony.engine.bridge import Bridge

# What an INFO is that tells a client of ours how it is supervised.
SUPERVISION = "application/vnd.sautikit.supervision"


class Wire(Protocol):
    """What carries the signalling of a leg: a trunk, a desk phone, a browser."""

    def ring(self, leg: str) -> None:
        """Tell a caller that it rings."""

    def progress(self, leg: str, sdp: str) -> None:
        """Let a caller hear us before the answer, where the wire can."""

    def answer(self, leg: str, sdp: str) -> None:
        """Take a caller's call with our description."""

    def reject(self, leg: str, code: int) -> None:
        """Refuse a caller."""

    def hang_up(self, leg: str) -> None:
        """End a call in whatever state it is."""

    def answer_reoffer(self, leg: str, sdp: str | None) -> None:
        """Answer a change of media, or refuse it."""

    def press(self, leg: str, keys: str) -> bool:
        """Send keys in a way of its own; False when they are to go with the sound."""

    def inform(self, leg: str, word: str) -> None:
        """Tell a client of ours how it is supervised; others are told nothing."""


class Joint(Protocol):
    """What a leg is joined to: another leg, a room, a supervisor, a stream."""

    def carry(self, leg: Leg, frame: Pcm) -> Pcm:
        """Take one frame that the leg said; return what the joints after this one get."""

    def press(self, leg: Leg, key: str) -> None:
        """Take one key that nothing of the leg's own was waiting for."""


class TrunkWire(Wire, Protocol):
    """The wire that calls through trunks, and hears those who call from there."""

    async def start(self) -> int:
        """Open the SIP port and return it; OSError when it cannot be had."""

    def dial(self, leg: str, trunk: Trunk, *, to: str, caller: str, display: str, sdp: str) -> None:
        """Call somebody through a trunk."""

    def limit(self, leg: str, seconds: float) -> None:
        """Hear how long an answered leg may still last; the engine ends it itself in time."""


@dataclass
class Leg:
    """What the engine knows about one call; times are monotonic."""

    id: str
    inbound: bool
    media: Media
    host: str
    wire: Wire
    # It belongs to a process beside us, which never stops sending while it lives.
    is_inside: bool = False
    # The leg of the caller who hears what this one says before it answers.
    called_for: str | None = None
    paid_until_s: float | None = None
    answered_at: float | None = None
    gather: Gather | None = None
    capture: Capture | None = None
    bridge: Bridge | None = None
    # In this order they get what the leg says; a muted leg says nothing to them.
    joints: list[Joint] = field(default_factory=list)
    is_muted: bool = False
    # Why the far end ended it, as the telephone network says it.
    q850: int | None = None
    typed: str = ""
    rung: bool = False
    early: bool = False
    decided: bool = False
    loads: int = 0
    loading: str | None = None
    timer: asyncio.TimerHandle | None = None
    session: int = field(default_factory=lambda: random.getrandbits(31))
    version: int = 0

    @property
    def is_undecided(self) -> bool:
        """Whether a caller still waits to be answered or refused."""
        return self.inbound and not self.decided

    def press(self, keys: str) -> None:
        """Let the far end hear keys."""
        if not self.wire.press(self.id, keys):
            self.media.keys_out.press(keys)

    def connected_ms(self, now: float | None = None) -> int:
        """Return the connected time so far, never beyond what is paid for; 0 before the answer."""
        if self.answered_at is None:
            return 0
        elapsed = max(0.0, (now or time.monotonic()) - self.answered_at)
        if self.paid_until_s is not None:
            elapsed = min(elapsed, self.paid_until_s)
        return int(elapsed * 1000 + 0.5)

    def describe(self) -> str:
        """Return our next description: an answer when the peer is known, else an offer."""
        self.version += 1
        where = {"host": self.host, "port": self.media.stream.port}
        numbers = {"session": self.session, "version": self.version}
        if self.media.remote is None:
            return sdp.offer(**where, **numbers)  # type: ignore[arg-type]
        return sdp.answer(self.media.remote, **where, **numbers)  # type: ignore[arg-type]

    def set_timer(self, timer: asyncio.TimerHandle | None) -> None:
        """Replace the one running timer: ring time, decision time or paid time."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer
