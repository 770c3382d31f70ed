"""What a process beside the engines does for its clients' calls: one leg, its sound, what SIP says.

A process of this kind is the `telephony.engine.sip.Listener` of its own stack.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress
import random
import socket
import sys
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from telephony.engine import sdp
from telephony.engine.dtmf import Digit
from telephony.engine.legs import TrunkWire
from telephony.engine.media import Media
from telephony.engine.rtp import Stream

NO_WORD = 408


def open_media(host: str) -> Media:
    """Open a port for sound on an address."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind((host, 0))
    bound.setblocking(False)
    return Media(Stream(bound), None)


@dataclass(eq=False, kw_only=True)
class Side:
    """One leg: towards an engine or towards a client that speaks SIP."""

    leg: str
    media: Media
    # What the far end is told of us.
    host: str
    # Where a client's requests come from, when that may differ from what it says of itself.
    source: str = ""
    session: int = field(default_factory=lambda: random.getrandbits(31))

    def offer(self) -> str:
        """Describe our side to whom we call."""
        return sdp.offer(host=self.host, port=self.media.stream.port, session=self.session)

    def answer(self) -> str:
        """Describe our side to who calls or asks again."""
        assert self.media.remote is not None
        where = {"host": self.host, "port": self.media.stream.port}
        return sdp.answer(self.media.remote, **where, session=self.session)  # type: ignore[arg-type]

    def connect(self, description: str | None) -> bool:
        """Take the far end's description; False when there is nothing in it that we speak."""
        try:
            remote = sdp.parse(description or "")
        except sdp.DescriptionError:
            return False
        if self.source and _is_behind_nat(remote.host, self.source):
            remote = dataclasses.replace(remote, host=self.source)
        self.media.connect(remote)
        return True

    def close(self) -> None:
        """Give the port back."""
        self.media.close()
        self.media.stream.socket.close()


class Carried(Protocol):
    """A call that is carried 20 ms at a time."""

    @property
    def leg(self) -> str:
        """Return the leg that names it."""

    def tick(self, now: float) -> None:
        """Carry 20 ms in both directions."""


class Carrying:
    """What every such listener does the same way; everything runs on the event loop."""

    _stack: TrunkWire

    def __init__(self) -> None:
        self._jobs: set[asyncio.Task[None]] = set()

    def carried(self) -> Collection[Carried]:
        """Return the calls of now, each once."""
        raise TypeError(f"{type(self).__name__} does not say what it carries")

    def side_of(self, leg: str) -> Side | None:
        """Return the side of a call that has that leg."""
        raise TypeError(f"{type(self).__name__} does not say whose leg it is")

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """Take the refusal of a leg."""
        raise TypeError(f"{type(self).__name__} does not say what a refusal means")

    def tick(self, now: float) -> None:
        """Carry 20 ms of every call; a fault in one does not reach the others."""
        for each in self.carried():
            try:
                each.tick(now)
            except Exception as error:
                print(f"tick {each.leg}: {error!r}", file=sys.stderr)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Keep a task until it is done."""
        job = asyncio.get_running_loop().create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return job

    def on_silence(self, leg: str) -> None:
        """Take an INVITE that nobody answered with a word for a refusal."""
        self.on_fail(leg, NO_WORD, "no response")

    def on_cause(self, leg: str, q850: int) -> None:
        """Pass over the cause of the telephone network, which nobody here asks for."""

    def on_reoffer(self, leg: str, sdp: str | None) -> None:
        """Take a change of media: hold, resume, another address."""
        if side := self.side_of(leg):
            usable = sdp is None or side.connect(sdp)
            self._stack.answer_reoffer(leg, side.answer() if usable else None)

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """Ignore what engines never send."""

    def on_key(self, leg: str, digit: Digit) -> None:
        """Ignore what engines never send."""


def _is_behind_nat(host: str, source: str) -> bool:
    """Say whether a phone names an address of its own network that we cannot reach."""
    if host in (source, sdp.HOLD):
        return False
    return ipaddress.ip_address(host).is_private and not ipaddress.ip_address(source).is_private
