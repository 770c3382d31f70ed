"""The engine: commands in, SIP and media in the middle, events out."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from typing import Any

from telephony.engine.calling import Calling, Command, LegCommand
from telephony.engine.config import Config
from telephony.engine.control import Events
from telephony.engine.forks import Forks
from telephony.engine.legs import Leg
from telephony.engine.links import Links
from telephony.engine.previews import Previews
from telephony.engine.recorder import Recorder
from telephony.engine.rooms import Rooms
from telephony.engine.signals import Signals
from telephony.engine.supervision import Supervision
from telephony.engine.switchboard import Switchboard
from telephony.engine.talk import Talk
from telephony.engine.trunks import open_trunks

READING_SECONDS = 0.15


class Engine:
    """The parts of one process, put together; everything here runs on the event loop."""

    def __init__(self, config: Config, events: Events) -> None:
        self._config = config
        self._events = events
        self._recorder = Recorder()
        self._talk = Talk(events, self._recorder)
        self._board = Switchboard(config, events, self._recorder)
        self._forks = Forks(config, events)
        self._rooms = Rooms(events, self._recorder, self._talk)
        self._links = Links(config, events, self._board, self._rooms)
        supervision = Supervision(events, self._board, self._talk)
        self._board.farewells += [supervision.leave, self._rooms.leave]
        self._board.farewells += [self._talk.leave, self._forks.leave]
        previews = Previews(self._board)
        self._board.farewells.append(previews.end)
        signals = Signals(self._board, events, self._talk, previews)
        self._stack = open_trunks(config, signals, self._lose_trunks)
        calling = Calling(config, self._board, self._stack)
        signals.attach(self._stack, calling)
        self._board.limits.append(self._stack.limit)
        self._lease_until = time.monotonic() + config.lease_seconds
        self._over_since = math.inf
        self._commands: dict[str, Command] = {
            "lease": self._lease,
            "ack": lambda line: events.acknowledge(line["seq"]),
            "drain": lambda _: self.drain(),
            **calling.commands(),
            **self._rooms.commands(),
            **self._links.commands(),
        }
        self._leg_commands: dict[str, LegCommand] = {
            "bridge": self._bridge,
            **calling.leg_commands(),
            **self._talk.leg_commands(),
            **self._rooms.leg_commands(),
            **supervision.leg_commands(),
            **self._forks.leg_commands(),
            "stop": self._stop,
        }

    @property
    def stopped(self) -> asyncio.Event:
        """Return what is set when the last leg of a draining engine has ended."""
        return self._board.stopped

    async def start(self) -> int:
        """Open the SIP port and return it; OSError when it cannot be had."""
        return await self._stack.start()

    def obey(self, line: dict[str, Any]) -> None:
        """Carry out one command; a wrong one is reported on standard error and forgotten.

        One for a leg that is over does nothing.
        """
        try:
            if work := self._commands.get(line["kind"]):
                work(line)
            elif leg := self._board.find(line["leg"]):
                self._leg_commands[line["kind"]](leg, line)
        except (KeyError, TypeError, ValueError) as error:
            print(f"control: {str(line)[:200]}: {error!r}", file=sys.stderr)

    def tick(self, now: float) -> None:
        """Do 20 ms of work on every leg; a fault in one leg does not reach the others."""
        for leg in self._board.all():
            try:
                self._talk.tick(leg, now)
            except Exception as error:
                print(f"tick {leg.id}: {error!r}", file=sys.stderr)
        self._links.tick(now)
        self._rooms.tick()

    def check_lease(self, now: float) -> None:
        """End everything when nobody has renewed the lease.

        A process that was stopped for a while has what was said to it meanwhile still to read, so
        it looks again a moment later.
        """
        if now <= self._lease_until:
            self._over_since = math.inf
            return
        self._over_since = min(self._over_since, now)
        if now - self._over_since > READING_SECONDS and not self.stopped.is_set():
            self.shut_down("lease", "lease expired")

    def beat(self) -> None:
        """Journal how long each leg has been connected, and end what nobody is at any more."""
        self._board.end_abandoned(time.monotonic())
        self._events.beat({leg.id: leg.connected_ms() for leg in self._board.all()})

    def drain(self) -> None:
        """Take no new legs and stop when the last one ends."""
        self._board.drain()

    def shut_down(self, ended_by: str, reason: str) -> None:
        """Hang up every leg and stop."""
        self._board.shut_down(ended_by, reason)

    async def close(self) -> None:
        """Give the last BYEs a moment, then finish the recordings."""
        await self._board.close()
        self._forks.close()
        self._recorder.close()

    def _lose_trunks(self, reason: str) -> None:
        print(f"trunks: {reason}", file=sys.stderr)
        self.shut_down("engine", "the trunk side is gone")

    def _lease(self, line: dict[str, Any]) -> None:
        until = line.get("until")
        self._lease_until = until or time.monotonic() + self._config.lease_seconds

    def _bridge(self, leg: Leg, line: dict[str, Any]) -> None:
        self._talk.bridge(leg, self._board.find(line["other"]), line)

    def _stop(self, leg: Leg, _: dict[str, Any]) -> None:
        self._talk.stop(leg)
        self._forks.stop_held(leg)
