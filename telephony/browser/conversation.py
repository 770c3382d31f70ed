"""One call of one browser: its SIP leg at an engine, its sound over WebRTC, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass, field

from kernel.webrtc import Peer
from telephony.browser.line import Line
from telephony.engine import sdp
from telephony.engine.media import Media

KEYS = frozenset("0123456789*#ABCD")
KEYS_MAX = 64


@dataclass(eq=False)
class Conversation:
    """A call that a browser places, or that it has taken."""

    # What the browser calls it, and the leg at the engine.
    name: str
    leg: str
    line: Line
    media: Media
    host: str
    session: int
    peer: Peer | None = None
    is_up: bool = False
    pressed: list[str] = field(default_factory=list)

    def offer(self) -> str:
        """Describe our side to an engine that we call."""
        return sdp.offer(host=self.host, port=self.media.stream.port, session=self.session)

    def answer(self) -> str:
        """Describe our side to an engine that calls or asks again."""
        assert self.media.remote is not None
        return sdp.answer(
            self.media.remote, host=self.host, port=self.media.stream.port, session=self.session
        )

    def connect(self, description: str) -> bool:
        """Take the engine's description; False when there is nothing in it that we speak."""
        try:
            self.media.connect(sdp.parse(description))
        except sdp.DescriptionError:
            return False
        return True

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
