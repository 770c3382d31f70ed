"""What SIP says about the legs: they ring, answer, change their media, press keys and end."""

from __future__ import annotations

import re
import time

from telephony.engine import dtmf, sdp
from telephony.engine.calling import Calling
from telephony.engine.control import Events
from telephony.engine.dialog import Invite
from telephony.engine.legs import Wire
from telephony.engine.previews import Previews
from telephony.engine.rtp import PortsError
from telephony.engine.switchboard import Switchboard
from telephony.engine.talk import Talk

PHONE_NUMBER = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")


class Signals:
    """The `telephony.engine.sip.Listener` of one wire; a leg that is over hears nothing."""

    def __init__(self, board: Switchboard, events: Events, talk: Talk, previews: Previews) -> None:
        self._board = board
        self._events = events
        self._talk = talk
        self._previews = previews

    def attach(self, wire: Wire, calling: Calling) -> None:
        """Name the wire that is listened to, which cannot be made without its listener."""
        self._wire = wire
        self._calling = calling

    def on_invite(self, leg: str, invite: Invite) -> None:
        """Report an incoming call, or refuse it when we cannot take one."""
        try:
            remote = sdp.parse(invite.sdp) if invite.sdp is not None else None
            if self._board.is_draining:
                raise PortsError("draining")
            new = self._board.open(leg, self._wire, inbound=True)
        except (sdp.DescriptionError, PortsError) as error:
            self._wire.reject(leg, 488 if isinstance(error, sdp.DescriptionError) else 503)
            return
        # Only who comes by an inside trunk can name the leg it is.
        new.is_inside = invite.called == leg
        if remote:
            new.media.connect(remote)
        self._calling.await_decision(new)
        self._events.emit(
            "incoming",
            leg,
            **{"from": normalise(invite.caller), "to": normalise(invite.called)},
            source=invite.source,
            sip_call_id=invite.call_id,
        )

    def on_progress(self, leg: str, code: int, sdp: str | None) -> None:
        """Report ringing once, and early media once it can be heard."""
        found = self._board.find(leg)
        if found is None or found.answered_at is not None:
            return
        if not found.rung:
            found.rung = True
            self._events.emit("ringing", leg, sip_code=code)
        if sdp and not found.early and self._board.connect(found, sdp):
            found.early = True
            self._events.emit("early_media", leg, sip_code=code)
            self._previews.begin(found)

    def on_connect(self, leg: str, at: float, call_id: str, sdp: str | None) -> None:
        """Start the clock of an answered call; without usable media, end it at once."""
        found = self._board.find(leg)
        if found is None or found.answered_at is not None:
            return
        usable = self._board.connect(found, sdp) if sdp else found.media.remote is not None
        if not usable:
            found.wire.hang_up(leg)
            self._board.end(found, ended_by="engine", sip_code=488, reason="no usable media")
            return
        found.answered_at = at
        self._previews.end(found)
        found.media.speak()
        self._board.watch_paid_time(found)
        self._events.emit("answered", leg, sip_call_id=call_id)

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """End a leg that the far end refused."""
        if found := self._board.find(leg):
            self._board.end(found, ended_by="remote", sip_code=code, reason=reason)

    def on_silence(self, leg: str) -> None:
        """End a leg whose INVITE nobody answered with a single word."""
        if found := self._board.find(leg):
            self._board.end(found, ended_by="engine", sip_code=408, reason="no response")

    def on_cause(self, leg: str, q850: int) -> None:
        """Keep the cause that the far end gives with the message that ends the leg."""
        if found := self._board.find(leg):
            found.q850 = q850

    def on_error(self, leg: str, reason: str) -> None:
        """End a leg that could not be dialled or answered."""
        found = self._board.find(leg)
        if found and found.answered_at is None:
            self._board.end(found, ended_by="engine", sip_code=500, reason=reason)

    def on_bye(self, leg: str, at: float) -> None:
        """End a leg that the far end hung up or cancelled."""
        if found := self._board.find(leg):
            code = 487 if found.answered_at is None else 200
            reason = "cancelled" if found.answered_at is None else "normal clearing"
            self._board.end(found, ended_by="remote", sip_code=code, reason=reason, at=at)

    def on_reoffer(self, leg: str, sdp: str | None) -> None:
        """Accept a change of media (hold, resume, another address) or refuse it with 488."""
        found = self._board.find(leg)
        if found is None:
            return
        usable = sdp is None or self._board.connect(found, sdp)
        found.wire.answer_reoffer(leg, found.describe() if usable else None)

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """Take a key that came as a SIP message."""
        if digit := dtmf.parse_info(content_type, body):
            self.on_key(leg, digit)

    def on_key(self, leg: str, digit: dtmf.Digit) -> None:
        """Take a key that the wire understood by itself."""
        if found := self._board.find(leg):
            self._talk.press(found, digit, time.monotonic())


def normalise(number: str) -> str:
    """Return an international number with its plus sign, anything else as it came."""
    match = PHONE_NUMBER.fullmatch(number)
    return f"+{match[1]}" if match else number[:64]
