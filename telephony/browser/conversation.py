"""One call of one browser: its SIP leg at an engine, its sound over WebRTC, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass, field

from kernel.webrtc import Peer
from telephony.browser.line import Line
from telephony.engine.carrying import Side

KEYS = frozenset("0123456789*#ABCD")
KEYS_MAX = 64


@dataclass(eq=False, kw_only=True)
class Conversation(Side):
    """A call that a browser places, or that it has taken; its leg is at an engine."""

    # What the browser calls it.
    name: str
    line: Line
    peer: Peer | None = None
    is_up: bool = False
    pressed: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Let sound pass in both directions."""
        self.is_up = True
        self.media.want(self)
        self.media.speak()

    def press(self, digits: str) -> None:
        """Send keys to the engine; what is no key is left out."""
        if self.is_up:
            self.media.keys_out.press("".join(key for key in digits[:KEYS_MAX] if key in KEYS))

    def tick(self, now: float) -> None:
        """Carry 20 ms in each direction."""
        if self.peer is None:
            return
        self.media.voice = self.peer.hear()
        heard = self.media.tick(now)
        if heard.frame is not None:
            self.peer.say(heard.frame)
        for digit in heard.digits:
            self.line.tell("digit", id=self.name, digit=digit.key)
