"""Commands about the life of a leg: call, ring, answer, refuse, extend, hang up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from telephony.engine.config import Config, Trunk
from telephony.engine.legs import Leg, TrunkWire
from telephony.engine.rtp import PortsError
from telephony.engine.switchboard import Switchboard

DECISION_SECONDS = 10
INBOUND_RING_SECONDS = 120
DIALLED = re.compile(r"\+?[0-9A-Za-z*#._-]{1,40}")

# A command is one JSON line of the engine protocol.
Command = Callable[[dict[str, Any]], None]
LegCommand = Callable[[Leg, dict[str, Any]], None]


class Calling:
    """What a gateway decides about legs; a kind of leg adds how it is called to `ways`."""

    def __init__(self, config: Config, board: Switchboard, stack: TrunkWire) -> None:
        self._config = config
        self._board = board
        self._stack = stack
        self._loop = asyncio.get_running_loop()
        self.ways: dict[str, Command] = {"trunk": self._by_trunk}

    def commands(self) -> dict[str, Command]:
        """Return what does not need a leg that lives."""
        return {"originate": self._originate}

    def leg_commands(self) -> dict[str, LegCommand]:
        """Return what is done with a leg that lives."""
        return {
            "ring": self._ring,
            "answer": self._answer,
            "reject": self._reject,
            "extend": self._extend,
            "hangup": self._hangup,
        }

    def await_decision(self, leg: Leg, seconds: float = DECISION_SECONDS) -> None:
        """Refuse a caller whom nobody decides about in time."""
        leg.set_timer(self._loop.call_later(seconds, self._on_indecision, leg))

    def await_answer(self, leg: Leg, seconds: float) -> None:
        """Stop calling somebody who does not answer in time."""
        leg.set_timer(self._loop.call_later(seconds, self._on_ring_timeout, leg))

    def _originate(self, line: dict[str, Any]) -> None:
        leg_id = line["leg"]
        if self._board.has_seen(leg_id):
            return
        if self._board.is_draining:
            self._board.refuse(leg_id, "draining")
        else:
            self.ways[line.get("via") or "trunk"](line)

    def _by_trunk(self, line: dict[str, Any]) -> None:
        trunk = self._config.trunks.get(line["trunk"])
        if trunk is None:
            self._board.refuse(line["leg"], "unknown trunk")
        elif not DIALLED.fullmatch(line["to"]) or not DIALLED.fullmatch(line["from"]):
            self._board.refuse(line["leg"], "not a number")
        else:
            self._dial(trunk, line)

    def _dial(self, trunk: Trunk, line: dict[str, Any]) -> None:
        try:
            leg = self._board.open(line["leg"], self._stack, inbound=False)
        except PortsError as error:
            self._board.refuse(line["leg"], str(error))
            return
        leg.is_inside = trunk.is_inside
        leg.called_for = line.get("called_for")
        leg.paid_until_s = line.get("paid_until_s")
        display = "".join(
            c for c in line.get("display") or "" if c.isprintable() and c not in '"<>\\'
        )
        self._stack.dial(
            leg.id,
            trunk,
            to=line["to"],
            caller=line["from"],
            display=display,
            sdp=leg.describe(),
        )
        self._board.expect_answer(leg, within_seconds=line["ring_timeout_s"])
        self.await_answer(leg, line["ring_timeout_s"])

    def _ring(self, leg: Leg, _: dict[str, Any]) -> None:
        if leg.is_undecided and not leg.rung:
            leg.rung = True
            leg.wire.ring(leg.id)
            self.await_decision(leg, INBOUND_RING_SECONDS)

    def _answer(self, leg: Leg, line: dict[str, Any]) -> None:
        if leg.is_undecided:
            leg.decided = True
            paid = line.get("paid_until_s")
            leg.paid_until_s = paid if paid is not None else line.get("max_s")
            leg.set_timer(None)
            self._board.expect_answer(leg, within_seconds=0)
            leg.wire.answer(leg.id, leg.describe())

    def _reject(self, leg: Leg, line: dict[str, Any]) -> None:
        if leg.is_undecided:
            leg.decided = True
            code = int(line["code"]) if 400 <= int(line["code"]) <= 699 else 480
            leg.wire.reject(leg.id, code)
            self._board.end(leg, ended_by="local", sip_code=code, reason="rejected")

    def _extend(self, leg: Leg, line: dict[str, Any]) -> None:
        leg.paid_until_s = line["paid_until_s"]
        self._board.watch_paid_time(leg)

    def _hangup(self, leg: Leg, line: dict[str, Any]) -> None:
        self._board.part(leg, ended_by="local", reason=str(line.get("cause") or "hangup"))

    def _on_ring_timeout(self, leg: Leg) -> None:
        if leg.answered_at is None:
            leg.wire.hang_up(leg.id)
            self._board.end(leg, ended_by="ring_timeout", sip_code=487, reason="no answer")

    def _on_indecision(self, leg: Leg) -> None:
        if not leg.decided:
            leg.decided = True
            leg.wire.reject(leg.id, 480)
            self._board.end(leg, ended_by="engine", sip_code=480, reason="no decision")
