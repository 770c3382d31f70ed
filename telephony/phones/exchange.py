"""Phones on one side and engines on the other: two legs of one call, and the sound between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from telephony.engine.carrying import Carrying, Side, open_media
from telephony.engine.config import Trunk
from telephony.engine.dialog import Invite
from telephony.engine.dtmf import Digit, parse_info
from telephony.phones.registrar import Registrar
from telephony.phones.stack import PhoneStack

BUSY = 486
NOT_HERE = 480
UNUSABLE = 488
CALLS_PER_PHONE_MAX = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a phone's wish to call: the leg an engine expects, or the SIP refusal."""

    leg: str = ""
    caller: str = ""
    engine: tuple[str, int] = ("", 0)
    code: int = 0


# Opens a call for a phone; runs in a thread because it asks the database.
Place = Callable[[str, str], Placed]


@dataclass(eq=False)
class Call:
    """A call of one phone; `caller` is the side that began it."""

    username: str
    caller: Side
    callee: Side
    is_up: bool = False

    @property
    def leg(self) -> str:
        """The leg of who began it."""
        return self.caller.leg

    def other(self, side: Side) -> Side:
        return self.callee if side is self.caller else self.caller

    def tick(self, now: float) -> None:
        """Carry 20 ms in both directions, keys included."""
        for side in (self.caller, self.callee):
            heard = side.media.tick(now)
            far = self.other(side).media
            far.voice = heard.frame
            for digit in heard.digits:
                far.keys_out.press(digit.key)

    def start(self) -> None:
        """Let sound pass."""
        self.is_up = True
        for side in (self.caller, self.callee):
            side.media.want(self)
            side.media.speak()


class Exchange(Carrying):
    """The listener of the phones' process."""

    def __init__(
        self, *, registrar: Registrar, place: Place, phone_host: str, engine_host: str
    ) -> None:
        super().__init__()
        self._registrar = registrar
        self._place = place
        self._phone_host, self._engine_host = phone_host, engine_host
        self._stack: PhoneStack
        self._calls: dict[str, Call] = {}

    def attach(self, stack: PhoneStack) -> None:
        """Name the stack that is listened to, which cannot be made without its listener."""
        self._stack = stack

    def carried(self) -> set[Call]:
        """Return the calls of now, each once."""
        return set(self._calls.values())

    def side_of(self, leg: str) -> Side | None:
        """Return the side of a call that has that leg."""
        call = self._calls.get(leg)
        if call is None:
            return None
        return call.caller if call.caller.leg == leg else call.callee

    def hang_up_all(self) -> None:
        """End every call."""
        for call in set(self._calls.values()):
            self._end(call, None)

    # What SIP says (telephony.engine.sip.Listener).

    def on_invite(self, leg: str, invite: Invite) -> None:
        """Carry a phone's call to an engine, or an engine's to a phone."""
        username = self._stack.caller_of(leg)
        near = self._side(leg, self._phone_host if username else self._engine_host)
        near.source = invite.source.rpartition(":")[0] if username else ""
        if not near.connect(invite.sdp):
            self._refuse(near, UNUSABLE)
        elif username is None:
            self._ring_phone(near, invite)
        elif self._is_full(username):
            self._refuse(near, BUSY)
        else:
            self.spawn(self._place_for_phone(near, username, invite.called))

    def on_progress(self, leg: str, code: int, sdp: str | None) -> None:
        """Let the caller hear that it rings."""
        if call := self._calls.get(leg):
            self._stack.ring(call.caller.leg)

    def on_connect(self, leg: str, at: float, call_id: str, sdp: str | None) -> None:
        """Answer the caller when the callee answers; sound passes when both have."""
        call = self._calls.get(leg)
        if call is None or call.is_up:
            return
        if leg == call.callee.leg:
            if not call.callee.connect(sdp):
                self._end(call, None)
                return
            self._stack.answer(call.caller.leg, call.caller.answer())
            return
        if sdp and not call.caller.connect(sdp):
            self._end(call, None)
            return
        call.start()

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """Refuse the caller as the callee did."""
        if call := self._calls.get(leg):
            self._stack.reject(call.caller.leg, code if 400 <= code <= 699 else NOT_HERE)
            self._forget(call)

    def on_error(self, leg: str, reason: str) -> None:
        """End a call that could not be carried."""
        if call := self._calls.get(leg):
            self._end(call, leg)

    def on_bye(self, leg: str, at: float) -> None:
        """Hang up the other side."""
        if call := self._calls.get(leg):
            self._end(call, leg)

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """Carry a key that came as a SIP message."""
        if digit := parse_info(content_type, body):
            self.on_key(leg, digit)

    def on_key(self, leg: str, digit: Digit) -> None:
        """Carry a key to the other side."""
        if side := self.side_of(leg):
            self._calls[leg].other(side).media.keys_out.press(digit.key)

    # Calls.

    def _ring_phone(self, near: Side, invite: Invite) -> None:
        contact = self._registrar.contact(invite.called)
        if contact is None:
            self._refuse(near, NOT_HERE)
            return
        far = self._side(f"{near.leg}-phone", self._phone_host)
        far.source = contact.host
        self._keep(Call(invite.called, near, far))
        trunk = Trunk("phone", contact.host, contact.port, "", "", (contact.host,))
        self._stack.dial(
            far.leg, trunk, to=contact.user, caller=invite.caller, display="", sdp=far.offer()
        )

    async def _place_for_phone(self, near: Side, username: str, called: str) -> None:
        placed = await asyncio.to_thread(self._place, username, called)
        if placed.code:
            self._refuse(near, placed.code)
            return
        far = self._side(placed.leg, self._engine_host)
        self._keep(Call(username, near, far))
        host, port = placed.engine
        trunk = Trunk("engine", host, port, "", "", (host,))
        self._stack.dial(
            far.leg, trunk, to=placed.leg, caller=placed.caller, display="", sdp=far.offer()
        )

    def _is_full(self, username: str) -> bool:
        calls = {call for call in self._calls.values() if call.username == username}
        return len(calls) >= CALLS_PER_PHONE_MAX

    def _side(self, leg: str, host: str) -> Side:
        return Side(leg=leg, media=open_media(host), host=host)

    def _keep(self, call: Call) -> None:
        self._calls[call.caller.leg] = self._calls[call.callee.leg] = call

    def _refuse(self, side: Side, code: int) -> None:
        self._stack.reject(side.leg, code)
        side.close()

    def _end(self, call: Call, gone: str | None) -> None:
        """Close a call and hang up the sides that are still there."""
        if call.caller.leg != gone:
            # Before its answer a caller is refused; the stack knows which it is.
            self._stack.hang_up(call.caller.leg)
        if call.callee.leg != gone:
            self._stack.hang_up(call.callee.leg)
        self._forget(call)

    def _forget(self, call: Call) -> None:
        for side in (call.caller, call.callee):
            if self._calls.pop(side.leg, None):
                side.close()
