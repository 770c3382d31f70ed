"""The engine: commands in, SIP and media in the middle, events out."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from telephony.engine import dtmf, sdp
from telephony.engine.config import Config, Trunk
from telephony.engine.control import Events
from telephony.engine.dialog import Invite
from telephony.engine.legs import Leg
from telephony.engine.media import Media
from telephony.engine.recorder import File, Recorder
from telephony.engine.rtp import Ports, PortsError, Stream
from telephony.engine.sip import Stack
from telephony.engine.talk import Talk

DECISION_SECONDS = 10
INBOUND_RING_SECONDS = 120
LONGEST_CALL_SECONDS = 4 * 3600
FAREWELL_SECONDS = 0.5
REMEMBERED_LEGS = 10_000
DIALLED = re.compile(r"\+?[0-9A-Za-z*#._-]{1,40}")
PHONE_NUMBER = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")


class Engine:
    """All legs of one process; everything here runs on the event loop."""

    def __init__(self, config: Config, events: Events) -> None:
        self._config = config
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._stack = Stack(config, self, self._loop)
        self._ports = Ports(config.rtp_min, config.rtp_max)
        self._recorder = Recorder()
        self._talk = Talk(events, self._recorder)
        self._legs: dict[str, Leg] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._draining = False
        self._lease_at = time.monotonic()
        self._farewell_until = 0.0
        self.stopped = asyncio.Event()
        self._commands: dict[str, Callable[[dict[str, Any]], None]] = {
            "lease": self._lease,
            "originate": self._originate,
            "ring": self._ring,
            "answer": self._answer,
            "reject": self._reject,
            "play": self._to_leg(self._talk.play),
            "gather": self._to_leg(self._talk.gather),
            "record_start": self._to_leg(self._talk.record),
            "record_stop": self._to_leg(self._talk.stop_record),
            "bridge": self._to_leg(self._bridge),
            "unbridge": self._to_leg(lambda leg, _: self._talk.unbridge(leg, "stopped")),
            "stop": self._to_leg(lambda leg, _: self._talk.stop(leg)),
            "overlay": self._to_leg(self._talk.overlay),
            "extend": self._to_leg(self._extend),
            "hangup": self._to_leg(self._hangup),
            "send_dtmf": self._to_leg(lambda leg, line: leg.media.keys_out.press(line["digits"])),
            "ack": lambda line: events.acknowledge(line["seq"]),
            "drain": lambda _: self.drain(),
        }

    def start(self) -> int:
        """Open the SIP port and return it; OSError when it is taken."""
        return self._stack.start()

    def obey(self, line: dict[str, Any]) -> None:
        """Carry out one command; a wrong one is reported on standard error and forgotten."""
        try:
            self._commands[line["kind"]](line)
        except (KeyError, TypeError, ValueError) as error:
            print(f"control: {str(line)[:200]}: {error!r}", file=sys.stderr)

    # Life of the process.

    def tick(self, now: float) -> None:
        """Do 20 ms of work on every leg; a fault in one leg does not reach the others."""
        for leg in list(self._legs.values()):
            try:
                self._talk.tick(leg, now)
            except Exception as error:
                print(f"tick {leg.id}: {error!r}", file=sys.stderr)

    def check_lease(self, now: float) -> None:
        """End everything when nobody has renewed the lease."""
        if now - self._lease_at > self._config.lease_seconds and not self.stopped.is_set():
            self.shut_down("lease", "lease expired")

    def beat(self) -> None:
        """Journal how long each leg has been connected."""
        self._events.beat({leg.id: leg.connected_ms() for leg in self._legs.values()})

    def drain(self) -> None:
        """Take no new legs and stop when the last one ends."""
        self._draining = True
        self._stop_when_idle()

    def shut_down(self, ended_by: str, reason: str) -> None:
        """Hang up every leg and stop."""
        self._draining = True
        for leg in list(self._legs.values()):
            self._part(leg, ended_by=ended_by, reason=reason)
        self._stop_when_idle()

    async def close(self) -> None:
        """Give the last BYEs a moment, then finish the recordings."""
        await asyncio.sleep(max(0.0, self._farewell_until - time.monotonic()))
        self._recorder.close()

    def _stop_when_idle(self) -> None:
        if self._draining and not self._legs:
            self.stopped.set()

    # Commands.

    def _lease(self, _: dict[str, Any]) -> None:
        self._lease_at = time.monotonic()

    def _originate(self, line: dict[str, Any]) -> None:
        leg_id, trunk = line["leg"], self._config.trunks.get(line["trunk"])
        if leg_id in self._seen:
            return
        if trunk is None or self._draining:
            self._refuse(leg_id, "unknown trunk" if trunk is None else "draining")
        elif not DIALLED.fullmatch(line["to"]) or not DIALLED.fullmatch(line["from"]):
            self._refuse(leg_id, "not a number")
        else:
            self._dial(leg_id, trunk, line)

    def _dial(self, leg_id: str, trunk: Trunk, line: dict[str, Any]) -> None:
        try:
            leg = self._new_leg(leg_id, inbound=False)
        except PortsError as error:
            self._refuse(leg_id, str(error))
            return
        leg.paid_until_s = line.get("paid_until_s")
        display = "".join(
            c for c in line.get("display") or "" if c.isprintable() and c not in '"<>\\'
        )
        self._stack.dial(
            leg_id,
            trunk,
            to=line["to"],
            caller=line["from"],
            display=display,
            sdp=leg.describe(),
        )
        leg.set_timer(self._loop.call_later(line["ring_timeout_s"], self._on_ring_timeout, leg))

    def _ring(self, line: dict[str, Any]) -> None:
        leg = self._undecided(line)
        if leg and not leg.rung:
            leg.rung = True
            self._stack.ring(leg.id)
            later = self._loop.call_later(INBOUND_RING_SECONDS, self._on_indecision, leg)
            leg.set_timer(later)

    def _answer(self, line: dict[str, Any]) -> None:
        leg = self._undecided(line)
        if leg:
            leg.decided = True
            paid = line.get("paid_until_s")
            leg.paid_until_s = paid if paid is not None else line.get("max_s")
            leg.set_timer(None)
            self._stack.answer(leg.id, leg.describe())

    def _reject(self, line: dict[str, Any]) -> None:
        leg = self._undecided(line)
        if leg:
            leg.decided = True
            code = int(line["code"]) if 400 <= int(line["code"]) <= 699 else 480
            self._stack.reject(leg.id, code)
            self._end(leg, ended_by="local", sip_code=code, reason="rejected")

    def _extend(self, leg: Leg, line: dict[str, Any]) -> None:
        leg.paid_until_s = line["paid_until_s"]
        self._watch_paid_time(leg)

    def _bridge(self, leg: Leg, line: dict[str, Any]) -> None:
        self._talk.bridge(leg, self._legs.get(line["other"]), line)

    def _hangup(self, leg: Leg, line: dict[str, Any]) -> None:
        self._part(leg, ended_by="local", reason=str(line.get("cause") or "hangup"))

    def _to_leg(
        self, work: Callable[[Leg, dict[str, Any]], None]
    ) -> Callable[[dict[str, Any]], None]:
        """Do something with the leg that a command names; a leg that is over hears nothing."""

        def obey(line: dict[str, Any]) -> None:
            if leg := self._legs.get(line["leg"]):
                work(leg, line)

        return obey

    # What SIP says (telephony.engine.sip.Listener).

    def on_invite(self, leg: str, invite: Invite) -> None:
        """Report an incoming call, or refuse it when we cannot take one."""
        try:
            remote = sdp.parse(invite.sdp) if invite.sdp is not None else None
            if self._draining:
                raise PortsError("draining")
            new = self._new_leg(leg, inbound=True)
        except (sdp.DescriptionError, PortsError) as error:
            self._stack.reject(leg, 488 if isinstance(error, sdp.DescriptionError) else 503)
            return
        if remote:
            new.media.connect(remote)
        new.set_timer(self._loop.call_later(DECISION_SECONDS, self._on_indecision, new))
        self._events.emit(
            "incoming",
            leg,
            **{"from": normalise(invite.caller), "to": normalise(invite.called)},
            source=invite.source,
            sip_call_id=invite.call_id,
        )

    def on_progress(self, leg: str, code: int, sdp: str | None) -> None:
        """Report ringing once, and early media once it can be heard."""
        found = self._legs.get(leg)
        if found is None or found.answered_at is not None:
            return
        if not found.rung:
            found.rung = True
            self._events.emit("ringing", leg, sip_code=code)
        if sdp and not found.early and self._connect(found, sdp):
            found.early = True
            self._events.emit("early_media", leg, sip_code=code)

    def on_connect(self, leg: str, at: float, call_id: str, sdp: str | None) -> None:
        """Start the clock of an answered call; without usable media, end it at once."""
        found = self._legs.get(leg)
        if found is None or found.answered_at is not None:
            return
        usable = self._connect(found, sdp) if sdp else found.media.remote is not None
        if not usable:
            self._stack.hang_up(leg)
            self._end(found, ended_by="engine", sip_code=488, reason="no usable media")
            return
        found.answered_at = at
        found.media.speak()
        self._watch_paid_time(found)
        self._events.emit("answered", leg, sip_call_id=call_id)

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """End a leg that the far end refused."""
        found = self._legs.get(leg)
        if found:
            self._end(found, ended_by="remote", sip_code=code, reason=reason)

    def on_error(self, leg: str, reason: str) -> None:
        """End a leg that could not be dialled or answered."""
        found = self._legs.get(leg)
        if found and found.answered_at is None:
            self._end(found, ended_by="engine", sip_code=500, reason=reason)

    def on_bye(self, leg: str, at: float) -> None:
        """End a leg that the far end hung up or cancelled."""
        found = self._legs.get(leg)
        if found:
            code = 487 if found.answered_at is None else 200
            reason = "cancelled" if found.answered_at is None else "normal clearing"
            self._end(found, ended_by="remote", sip_code=code, reason=reason, at=at)

    def on_reoffer(self, leg: str, sdp: str | None) -> None:
        """Accept a change of media (hold, resume, another address) or refuse it with 488."""
        found = self._legs.get(leg)
        if found is None:
            return
        usable = sdp is None or self._connect(found, sdp)
        self._stack.answer_reoffer(leg, found.describe() if usable else None)

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """Take a key that came as a SIP message."""
        found = self._legs.get(leg)
        digit = dtmf.parse_info(content_type, body)
        if found and digit:
            self._talk.press(found, digit, time.monotonic())

    # Timers.

    def _on_ring_timeout(self, leg: Leg) -> None:
        if leg.answered_at is None:
            self._stack.hang_up(leg.id)
            self._end(leg, ended_by="ring_timeout", sip_code=487, reason="no answer")

    def _on_indecision(self, leg: Leg) -> None:
        if not leg.decided:
            leg.decided = True
            self._stack.reject(leg.id, 480)
            self._end(leg, ended_by="engine", sip_code=480, reason="no decision")

    def _watch_paid_time(self, leg: Leg) -> None:
        if leg.answered_at is None:
            return
        limit = LONGEST_CALL_SECONDS if leg.paid_until_s is None else leg.paid_until_s
        leg.set_timer(self._loop.call_at(leg.answered_at + limit, self._on_paid_time_over, leg))

    def _on_paid_time_over(self, leg: Leg) -> None:
        self._part(leg, ended_by="paid_until", reason="paid time is over")

    # Legs.

    def _new_leg(self, leg_id: str, *, inbound: bool) -> Leg:
        self._remember(leg_id)
        stream = Stream(self._ports.bind(self._config.sip_host))
        tap = self._tap(leg_id)
        leg = Leg(leg_id, inbound, Media(stream, tap), self._config.public_host)
        self._legs[leg_id] = leg
        return leg

    def _tap(self, leg_id: str) -> File | None:
        folder = self._config.tap_dir
        return self._recorder.file(folder / f"{leg_id}.wav", channels=2) if folder else None

    def _remember(self, leg_id: str) -> None:
        self._seen[leg_id] = None
        if len(self._seen) > REMEMBERED_LEGS:
            self._seen.popitem(last=False)

    def _undecided(self, line: dict[str, Any]) -> Leg | None:
        leg = self._legs.get(line["leg"])
        return leg if leg and leg.inbound and not leg.decided else None

    def _connect(self, leg: Leg, description: str) -> bool:
        try:
            leg.media.connect(sdp.parse(description))
        except sdp.DescriptionError:
            return False
        return True

    def _part(self, leg: Leg, *, ended_by: str, reason: str) -> None:
        """End a leg from our side, in whatever state it is."""
        if leg.inbound and not leg.decided:
            self._stack.reject(leg.id, 480)
            code = 480
        else:
            self._stack.hang_up(leg.id)
            code = 487 if leg.answered_at is None else 200
        self._end(leg, ended_by=ended_by, sip_code=code, reason=reason)

    def _end(
        self, leg: Leg, *, ended_by: str, sip_code: int, reason: str, at: float | None = None
    ) -> None:
        """Close a leg and report it; only the first end of a leg counts."""
        if self._legs.pop(leg.id, None) is None:
            return
        leg.set_timer(None)
        self._talk.leave(leg)
        self._farewell_until = time.monotonic() + FAREWELL_SECONDS
        self._events.emit(
            "ended",
            leg.id,
            connected_ms=leg.connected_ms(at),
            sip_code=sip_code,
            reason=_printable(reason),
            ended_by=ended_by,
            media=leg.media.stream.counters.as_dict(),
        )
        leg.media.close()
        self._ports.release(leg.media.stream.socket)
        self._stop_when_idle()

    def _refuse(self, leg_id: str, reason: str) -> None:
        self._remember(leg_id)
        self._events.emit(
            "ended",
            leg_id,
            connected_ms=0,
            sip_code=503,
            reason=reason,
            ended_by="engine",
            media={"packets_in": 0, "packets_out": 0, "lost": 0},
        )


def normalise(number: str) -> str:
    """Return an international number with its plus sign, anything else as it came."""
    match = PHONE_NUMBER.fullmatch(number)
    return f"+{match[1]}" if match else number[:64]


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:100]
