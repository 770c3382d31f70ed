"""Streams of a leg: what it says and hears goes to the media bridge, what comes back is mixed in."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from telephony.engine.codec import FRAME, Pcm
from telephony.engine.config import Config
from telephony.engine.control import Events
from telephony.engine.legs import Leg
from telephony.engine.media import summed
from telephony.streaming.wire import Broken, Line, Wire, pair

SILENCE: Pcm = np.zeros(FRAME, np.int16)
PER_LEG_MAX = 4
# What begins after a silence waits for so many frames, so that a late packet is no gap.
PRIMED_FRAMES = 3
WAITING_FRAMES_MAX = 50
NO_BRIDGE = "the media bridge stopped"


@dataclass(eq=False)
class Fork:
    """One stream of one leg."""

    number: int
    id: str
    leg: Leg
    track: str
    # Whether the document stands still for it: then what stops the leg stops the stream.
    holds: bool
    audio: Callable[[int, bytes], None]
    opened: bool = False
    _said: deque[Pcm] = field(default_factory=lambda: deque(maxlen=WAITING_FRAMES_MAX))
    _primed: int = 0

    def take(self, heard: Pcm, sent: Pcm | None) -> None:
        """Pass one frame of the call on: what the far end says, what it hears, or both."""
        if self.track == "inbound_track":
            frame = heard
        elif self.track == "outbound_track":
            frame = SILENCE if sent is None else sent
        else:
            frame = heard if sent is None else summed(heard, sent)
        self.audio(self.number, frame.astype("<i2").tobytes())

    def say(self, frame: Pcm) -> None:
        """Keep a frame from the customer until its turn."""
        self._said.append(frame)

    def next(self) -> Pcm | None:
        """Return the frame of this tick, if the customer says something."""
        if not self._said:
            self._primed = 0
            return None
        self._primed += 1
        if self._primed <= PRIMED_FRAMES and len(self._said) < PRIMED_FRAMES:
            return None
        self._primed = max(self._primed, PRIMED_FRAMES + 1)
        return self._said.popleft()

    def drop(self) -> None:
        """Forget what was not heard yet."""
        self._said.clear()


class Forks:
    """The streams of one engine and its bridge, which is started for the first of them."""

    def __init__(self, config: Config, events: Events) -> None:
        self._config = config
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count(1)
        self._forks: dict[int, Fork] = {}
        self._wire: Wire | None = None

    def leg_commands(self) -> dict[str, Callable[[Leg, dict[str, Any]], None]]:
        """Name what this does for one leg."""
        return {"stream_start": self._start, "stream_stop": self._stop}

    def leave(self, leg: Leg) -> None:
        """Close the streams of a leg that ends."""
        for fork in list(leg.media.forks):
            self._close(fork, "hangup")

    def stop_held(self, leg: Leg) -> None:
        """Close the streams for which the document of the leg stands still."""
        for fork in [each for each in leg.media.forks if each.holds]:
            self._close(fork, "stopped")

    def close(self) -> None:
        """Let the bridge end."""
        if self._wire:
            self._lose_bridge()

    def _start(self, leg: Leg, line: dict[str, Any]) -> None:
        fork = Fork(
            next(self._numbers),
            line["id"],
            leg,
            line["track"],
            bool(line.get("holds")),
            self._audio,
        )
        if leg.answered_at is None or len(leg.media.forks) >= PER_LEG_MAX:
            reason = "not answered" if leg.answered_at is None else "too many streams on this call"
            self._tell(fork, "error", reason)
            return
        self._forks[fork.number] = fork
        leg.media.forks.append(fork)
        wanted = ("url", "headers", "metadata", "listen_hertz", "speak_hertz")
        order = {name: line[name] for name in wanted}
        self._bridge().line(kind="open", number=fork.number, **order)

    def _stop(self, leg: Leg, line: dict[str, Any]) -> None:
        for fork in [each for each in leg.media.forks if each.id == line["id"]]:
            self._close(fork, "stopped")

    def _close(self, fork: Fork, reason: str) -> None:
        """End a stream from our side."""
        if self._wire:
            self._wire.line(kind="close", number=fork.number)
        self._forget(fork, "stopped", reason)

    def _forget(self, fork: Fork, state: str, reason: str) -> None:
        if self._forks.pop(fork.number, None):
            fork.leg.media.forks.remove(fork)
            self._tell(fork, state, reason)

    def _tell(self, fork: Fork, state: str, reason: str = "") -> None:
        self._events.emit("stream", fork.leg.id, id=fork.id, state=state, reason=reason)

    def _audio(self, number: int, data: bytes) -> None:
        if self._wire:
            self._wire.audio(number, data)

    # The bridge.

    def _bridge(self) -> Wire:
        if self._wire is None:
            ours, theirs = pair()
            self._wire = Wire(ours)
            self._wire.line(kind="policy", allow_loopback=self._config.private_targets)
            self._loop.add_reader(ours, self._read)
            # A process takes milliseconds to start, which the tick does not have.
            started = self._loop.run_in_executor(None, _run, theirs.fileno())
            started.add_done_callback(partial(self._started, theirs))
        return self._wire

    def _started(self, theirs: Any, done: asyncio.Future[subprocess.Popen[bytes]]) -> None:
        theirs.close()
        if problem := done.exception():
            print(f"stream: the bridge did not start: {problem}", file=sys.stderr)

    def _read(self) -> None:
        assert self._wire is not None
        try:
            for message in self._wire.messages():
                if isinstance(message, dict):
                    self._hear(message)
                elif fork := self._forks.get(message[0]):
                    fork.say(np.frombuffer(message[1], "<i2").astype(np.int16))
        except Broken:
            self._lose_bridge()

    def _hear(self, line: Line) -> None:
        fork = self._forks.get(line["number"])
        if fork is None:
            return
        if line["kind"] == "opened":
            fork.opened = True
            self._tell(fork, "started")
        elif line["kind"] == "silence":
            fork.drop()
        elif line["kind"] == "failed":
            self._forget(fork, "error", line["reason"])
        else:
            self._forget(fork, "stopped", line["reason"])

    def _lose_bridge(self) -> None:
        """Give up the streams of a bridge that is gone; the next stream starts another."""
        assert self._wire is not None
        self._loop.remove_reader(self._wire.socket)
        self._wire.close()
        self._wire = None
        for fork in list(self._forks.values()):
            self._forget(fork, "error", NO_BRIDGE)


def _run(descriptor: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "telephony.streaming", "--fd", str(descriptor)]
    return subprocess.Popen(command, pass_fds=[descriptor], stdin=subprocess.DEVNULL)
