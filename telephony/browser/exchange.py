"""Browsers on one side and engines on the other: who is called, who calls, and how calls end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from kernel.webrtc import Network, OfferRefused, Peer
from telephony.browser.conversation import Conversation
from telephony.browser.line import Line
from telephony.engine.carrying import Carrying, open_media
from telephony.engine.config import Config, Trunk
from telephony.engine.dialog import Invite
from telephony.engine.legs import SUPERVISION
from telephony.engine.sip import Stack

# What a browser is told of the end of a call that was not answered.
REASONS = {
    403: "rejected", 404: "not_found", 408: "no_answer", 410: "not_found", 480: "no_answer",
    486: "busy", 487: "canceled", 600: "busy", 603: "rejected",
}  # fmt: skip
FAILED = "failed"
BUSY = 486
NOBODY_HERE = 480
CONVERSATIONS_MAX = 4

# A message is one JSON object of a browser, checked by `live`.
Message = dict[str, Any]


class Exchange(Carrying):
    """The listener of the browsers' process."""

    def __init__(self, config: Config, network: Network) -> None:
        super().__init__()
        self._config = config
        self._network = network
        self._stack = Stack(config, self, asyncio.get_running_loop())
        self._lines: dict[str, set[Line]] = {}
        # By leg: calls that a browser is in, and calls that ring some browsers.
        self._conversations: dict[str, Conversation] = {}
        self._ringing: dict[str, tuple[Invite, set[Line]]] = {}
        self._verbs: dict[str, Callable[[Line, Message], Awaitable[None]]] = {
            "call": self._call,
            "accept": self._accept,
            "reject": self._reject,
            "hangup": self._hang_up,
            "digits": self._press,
        }

    async def start(self) -> int:
        """Open the SIP port and return it; OSError when it is taken."""
        return await self._stack.start()

    def carried(self) -> list[Conversation]:
        """Return the conversations of now."""
        return list(self._conversations.values())

    def side_of(self, leg: str) -> Conversation | None:
        """Return the conversation that has that leg."""
        return self._conversations.get(leg)

    # What browsers do.

    def join(self, line: Line) -> None:
        """Reach a browser under its address from now on."""
        self._lines.setdefault(line.address, set()).add(line)

    def leave(self, line: Line) -> None:
        """Forget a browser and hang up what it is in."""
        lines = self._lines.get(line.address, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(line.address, None)
        for each in self._of(line):
            self._end(each, "hangup", tells_engine=True)
        for leg in [leg for leg, (_, lines) in self._ringing.items() if line in lines]:
            self._stop_ringing(leg, line, NOBODY_HERE)

    async def obey(self, line: Line, message: Message) -> None:
        """Carry out what a browser asks; one it cannot be is told to the browser."""
        try:
            await self._verbs[message["type"]](line, message)
        except OfferRefused as problem:
            line.tell("ended", id=message.get("id"), reason=FAILED, message=str(problem))

    async def _call(self, line: Line, message: Message) -> None:
        if len(self._of(line)) >= CONVERSATIONS_MAX:
            line.tell("ended", id=message["id"], reason=FAILED, message="Too many calls at once.")
            return
        each = self._open(line, message["id"], message["leg"])
        await self._answer_browser(each, message["sdp"])
        if each.leg not in self._conversations:
            # It was hung up while its sound was being set up.
            return
        host, port = message["engine"]
        engine = Trunk("engine", host, port, "", "", (host,))
        self._stack.dial(
            each.leg, engine, to=each.leg, caller=message["from"], display="", sdp=each.offer()
        )

    async def _accept(self, line: Line, message: Message) -> None:
        leg = message["id"]
        invite, lines = self._ringing.get(leg, (None, set()))
        if invite is None or line not in lines:
            line.tell("ended", id=leg, reason="canceled")
            return
        del self._ringing[leg]
        for other in lines - {line}:
            other.tell("ended", id=leg, reason="answered_elsewhere")
        each = self._open(line, leg, leg)
        if invite.sdp is None or not each.connect(invite.sdp):
            self._stack.reject(leg, 488)
            self._end(each, FAILED)
            return
        try:
            await self._answer_browser(each, message["sdp"])
        except OfferRefused:
            self._stack.reject(leg, NOBODY_HERE)
            raise
        if leg in self._conversations:
            self._stack.answer(leg, each.answer())

    async def _reject(self, line: Line, message: Message) -> None:
        if message["id"] in self._ringing:
            self._stop_ringing(message["id"], line, BUSY)

    async def _hang_up(self, line: Line, message: Message) -> None:
        for each in self._of(line):
            if each.name == message["id"]:
                self._end(each, "hangup", tells_engine=True)

    async def _press(self, line: Line, message: Message) -> None:
        for each in self._of(line):
            if each.name == message["id"]:
                each.press(message["digits"])

    # What engines say (telephony.engine.sip.Listener).

    def on_invite(self, leg: str, invite: Invite) -> None:
        """Ring every free browser behind an address, or say that there is none."""
        here = self._lines.get(invite.called, set())
        free = {line for line in here if not self._of(line)}
        if not free:
            self._stack.reject(leg, BUSY if here else NOBODY_HERE)
            return
        self._ringing[leg] = invite, free
        self._stack.ring(leg)
        for line in free:
            line.tell("incoming", id=leg, **{"from": invite.caller})

    def on_progress(self, leg: str, code: int, sdp: str | None) -> None:
        """Say that the far end rings."""
        if each := self._conversations.get(leg):
            each.line.tell("ringing", id=each.name)

    def on_connect(self, leg: str, at: float, call_id: str, sdp: str | None) -> None:
        """Let the two hear each other."""
        each = self._conversations.get(leg)
        if each is None or each.is_up:
            return
        usable = each.connect(sdp) if sdp else each.media.remote is not None
        if not usable:
            self._end(each, FAILED, tells_engine=True)
            return
        each.start()
        each.line.tell("answered", id=each.name)

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """Say how a call ended that nobody answered."""
        if each := self._conversations.get(leg):
            self._end(each, REASONS.get(code, FAILED))

    def on_error(self, leg: str, reason: str) -> None:
        """Say that a call could not be placed or taken."""
        if each := self._conversations.get(leg):
            self._end(each, FAILED)

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """Say that a supervisor is there, or has left."""
        each = self._conversations.get(leg)
        if each and content_type.lower() == SUPERVISION:
            each.line.tell("supervised", id=each.name, mode=body.strip())

    def on_bye(self, leg: str, at: float) -> None:
        """Say that the far end hung up, or gave up calling."""
        _, lines = self._ringing.pop(leg, (None, set()))
        for line in lines:
            line.tell("ended", id=leg, reason="canceled")
        if each := self._conversations.get(leg):
            self._end(each, "hangup")

    # Conversations.

    def _of(self, line: Line) -> list[Conversation]:
        return [each for each in self._conversations.values() if each.line is line]

    def _open(self, line: Line, name: str, leg: str) -> Conversation:
        each = Conversation(
            name=name,
            leg=leg,
            line=line,
            media=open_media(self._config.sip_host),
            host=self._config.public_host,
        )
        self._conversations[leg] = each
        return each

    async def _answer_browser(self, each: Conversation, offer: str) -> None:
        each.peer = Peer(self._network, on_lost=lambda: self._lose(each))
        try:
            answer = await each.peer.answer(offer)
        except OfferRefused:
            self._forget(each)
            raise
        each.line.tell("media", id=each.name, sdp=answer)

    def _lose(self, each: Conversation) -> None:
        self._end(each, "media_lost", tells_engine=True)

    def _end(self, each: Conversation, reason: str, *, tells_engine: bool = False) -> None:
        """Close a conversation and tell its browser; only the first end counts."""
        if each.leg not in self._conversations:
            return
        if tells_engine:
            self._stack.hang_up(each.leg)
        self._forget(each)
        each.line.tell("ended", id=each.name, reason=reason)

    def _forget(self, each: Conversation) -> None:
        self._conversations.pop(each.leg, None)
        if each.peer is not None:
            each.peer.close()
        each.close()

    def _stop_ringing(self, leg: str, line: Line, code: int) -> None:
        """Let one browser stop ringing; the last one refuses the call."""
        _, lines = self._ringing[leg]
        lines.discard(line)
        if not lines:
            del self._ringing[leg]
            self._stack.reject(leg, code)
