"""Every leg of the process: how it begins, what limits its time and how it ends."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from socket import socket

from telephony.engine import sdp
from telephony.engine.config import Config
from telephony.engine.control import Events
from telephony.engine.legs import Leg, Wire
from telephony.engine.media import Media
from telephony.engine.recorder import File, Recorder
from telephony.engine.rtp import Ports, Stream

LONGEST_CALL_SECONDS = 4 * 3600
FAREWELL_SECONDS = 0.5
REMEMBERED_LEGS = 10_000
NO_MEDIA = {"packets_in": 0, "packets_out": 0, "lost": 0}


class Switchboard:
    """The legs by their ids; whoever holds something for a leg asks to be told of its end."""

    def __init__(self, config: Config, events: Events, recorder: Recorder) -> None:
        self.stopped = asyncio.Event()
        self.is_draining = False
        # Called with a leg that ends, before its `ended` is told.
        self.farewells: list[Callable[[Leg], None]] = []
        # Called with a leg and the seconds it may still last, before its answer the longest they may
        # become, at its answer and when they change.
        self.limits: list[Callable[[str, float], None]] = []
        self._config = config
        self._events = events
        self._recorder = recorder
        self._loop = asyncio.get_running_loop()
        self._ports = Ports(config.rtp_min, config.rtp_max)
        self._legs: dict[str, Leg] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._farewell_until = 0.0

    def all(self) -> list[Leg]:
        """Return the legs of now; ending one changes nothing in the list."""
        return list(self._legs.values())

    def find(self, leg_id: str) -> Leg | None:
        """Return a leg that is not over."""
        return self._legs.get(leg_id)

    def has_seen(self, leg_id: str) -> bool:
        """Say whether a leg of that id began here lately, even if it is over."""
        return leg_id in self._seen

    # Life of a leg.

    def open(self, leg_id: str, wire: Wire, *, inbound: bool) -> Leg:
        """Make a leg with a port of its own for RTP; PortsError when none is left."""
        self._remember(leg_id)
        stream = Stream(self.bind())
        media = Media(stream, self._tap(leg_id))
        leg = Leg(leg_id, inbound, media, self._config.public_host, wire)
        self._legs[leg_id] = leg
        return leg

    def bind(self) -> socket:
        """Open the next free port for media; PortsError when none is left."""
        return self._ports.bind(self._config.sip_host)

    def release(self, port: socket) -> None:
        """Take a port back."""
        self._ports.release(port)

    def connect(self, leg: Leg, description: str) -> bool:
        """Take the far end's description; False when there is nothing in it that we speak."""
        try:
            leg.media.connect(sdp.parse(description))
        except sdp.DescriptionError:
            return False
        return True

    def watch_paid_time(self, leg: Leg) -> None:
        """Let an answered leg end when what was paid for, or the longest call, is over."""
        if leg.answered_at is None:
            return
        limit = leg.answered_at + _longest(leg)
        leg.set_timer(self._loop.call_at(limit, self._on_paid_time_over, leg))
        self._tell_limit(leg, limit - time.monotonic())

    def expect_answer(self, leg: Leg, *, within_seconds: float) -> None:
        """Tell how long a leg may last at most if it is answered so soon and we die then."""
        self._tell_limit(leg, within_seconds + _longest(leg))

    def end_abandoned(self, now: float) -> None:
        """End answered legs of our own clients that send nothing any more: their process died."""
        for leg in self.all():
            if leg.is_inside and leg.answered_at is not None:
                last = max(leg.answered_at, leg.media.stream.heard_at)
                if now - last > self._config.inside_silence_seconds:
                    self.part(leg, ended_by="remote", reason="the client fell silent")

    def part(self, leg: Leg, *, ended_by: str, reason: str) -> None:
        """End a leg from our side, in whatever state it is."""
        if leg.inbound and not leg.decided:
            leg.wire.reject(leg.id, 480)
            code = 480
        else:
            leg.wire.hang_up(leg.id)
            code = 487 if leg.answered_at is None else 200
        self.end(leg, ended_by=ended_by, sip_code=code, reason=reason)

    def end(
        self, leg: Leg, *, ended_by: str, sip_code: int, reason: str, at: float | None = None
    ) -> None:
        """Close a leg and report it; only the first end of a leg counts."""
        if self._legs.pop(leg.id, None) is None:
            return
        leg.set_timer(None)
        for farewell in self.farewells:
            farewell(leg)
        self._farewell_until = time.monotonic() + FAREWELL_SECONDS
        self._events.emit(
            "ended",
            leg.id,
            connected_ms=leg.connected_ms(at),
            sip_code=sip_code,
            q850=leg.q850,
            reason=_printable(reason),
            ended_by=ended_by,
            media=leg.media.stream.counters.as_dict(),
        )
        leg.media.close()
        self._ports.release(leg.media.stream.socket)
        self._stop_when_idle()

    def refuse(self, leg_id: str, reason: str) -> None:
        """Report the end of a leg that never began."""
        self._remember(leg_id)
        facts = {"connected_ms": 0, "sip_code": 503, "reason": reason, "ended_by": "engine"}
        self._events.emit("ended", leg_id, **facts, media=NO_MEDIA)

    # Life of the process.

    def drain(self) -> None:
        """Take no new legs and stop when the last one ends."""
        self.is_draining = True
        self._stop_when_idle()

    def shut_down(self, ended_by: str, reason: str) -> None:
        """Hang up every leg and stop."""
        self.is_draining = True
        for leg in self.all():
            self.part(leg, ended_by=ended_by, reason=reason)
        self._stop_when_idle()

    async def close(self) -> None:
        """Give the last BYEs a moment."""
        await asyncio.sleep(max(0.0, self._farewell_until - time.monotonic()))

    def _stop_when_idle(self) -> None:
        if self.is_draining and not self._legs:
            self.stopped.set()

    def _tell_limit(self, leg: Leg, seconds: float) -> None:
        for told in self.limits:
            told(leg.id, seconds)

    def _on_paid_time_over(self, leg: Leg) -> None:
        self.part(leg, ended_by="paid_until", reason="paid time is over")

    def _tap(self, leg_id: str) -> File | None:
        folder = self._config.tap_dir
        return self._recorder.file(folder / f"{leg_id}.wav", channels=2) if folder else None

    def _remember(self, leg_id: str) -> None:
        self._seen[leg_id] = None
        if len(self._seen) > REMEMBERED_LEGS:
            self._seen.popitem(last=False)


def _longest(leg: Leg) -> float:
    """Return the seconds of connected time that a leg may last."""
    return LONGEST_CALL_SECONDS if leg.paid_until_s is None else leg.paid_until_s


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:100]
