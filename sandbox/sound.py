"""The sound of a handset's page: the browser phone's own messages, over WebRTC as everywhere."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np

from sandbox.carrier.calls import Call
from sandbox.carrier.carrier import Carrier

# A message of a page: any shape until it is read.
Message = dict[str, Any]
Tell = Callable[[Message], None]
REASONS = {486: "busy", 480: "no_answer", 603: "rejected", 404: "not_found"}


class Sound:
    """The calls that one page hears and speaks in, and what it is told of them."""

    def __init__(self, e164: str, carrier: Carrier, tell: Tell) -> None:
        self.e164, self.carrier, self._send = e164, carrier, tell
        # Any: aiortc is loaded when the first page wants to hear.
        self.peers: dict[Call, Any] = {}
        self.names: dict[Call, str] = {}
        self.told: dict[Call, str] = {}
        self.jobs: set[asyncio.Task[None]] = set()

    def follow(self, call: Call | None) -> None:
        """Tell the page what became of the calls it knows, and of a new one."""
        for known in [each for each in self.told if each is not call]:
            self.end(known)
        if call is None or (call.direction == "out" and call.state == "ringing"):
            # What this handset dials is told to the page that dialled.
            return
        name = self.names.setdefault(call, call.id)
        if call not in self.told:
            self.tell("incoming", name, **{"from": call.peer}, to=self.e164, state=call.state)
            self.told[call] = "ringing"
        if call.state == "ended":
            self.end(call)
        elif call.state == "up" and self.told[call] != "up" and call in self.peers:
            self.told[call] = "up"
            self.tell("answered", name)

    def obey(self, message: Message) -> None:
        """Carry out one message of the browser phone; raises KeyError for what is none."""
        verbs = {
            "connect": lambda: self.tell("ready", client=self.e164),
            "ping": lambda: self.tell("pong"),
            "call": lambda: self.dial(message),
            "accept": lambda: self.accept(message),
            "hangup": lambda: self.of(message).hang_up(),
            "reject": lambda: self.reject(self.of(message)),
            "digits": lambda: self.of(message).press(str(message["digits"])),
        }
        verbs[str(message["type"])]()

    def of(self, message: Message) -> Call:
        """Find the call that a message names; raises KeyError."""
        return {name: call for call, name in self.names.items()}[str(message["id"])]

    def dial(self, message: Message) -> None:
        """Call a number from the handset."""
        name = str(message["id"])
        call = self.carrier.dial(self.e164, str(message["to"]), named=self.name_first(name))
        if call is None:
            text = "This phone is in a call, or the number does not exist."
            self.tell("ended", name, reason="refused", code="busy", message=text)
            return
        self.spawn(self.listen(call, str(message["sdp"])))
        self.tell("ringing", name)

    def name_first(self, name: str) -> Callable[[Call], None]:
        """Know a call under the page's own name before anybody is told of it."""

        def know(call: Call) -> None:
            self.names[call], self.told[call] = name, "ringing"

        return know

    def accept(self, message: Message) -> None:
        """Pick up, or only listen to a call that was answered in another way."""
        call = self.of(message)
        self.spawn(self.listen(call, str(message["sdp"])))
        call.answer()

    def reject(self, call: Call) -> None:
        """Press the red button."""
        if call.state == "ringing" and call.direction == "in":
            call.refuse(603, "Decline")
        else:
            call.hang_up()

    async def listen(self, call: Call, offer: str) -> None:
        """Join the browser's sound with the call's."""
        from kernel.webrtc import Network, OfferRefused, Peer

        prepare(Network)
        peer = Peer(Network(), on_lost=call.hang_up, on_frame=lambda it: call.speak(it.tobytes()))
        try:
            answer = await peer.answer(offer)
        except OfferRefused as problem:
            self.tell("ended", self.names[call], reason="failed", message=str(problem))
            return
        if call.state == "ended":
            peer.close()
            return
        self.peers[call] = peer
        call.listeners.add(self.hear(call))
        self.tell("media", self.names[call], sdp=answer)
        self.follow(call)

    def hear(self, call: Call) -> Callable[[bytes], None]:
        """Give what the call says to the browser."""

        def pass_on(frame: bytes) -> None:
            if peer := self.peers.get(call):
                peer.say(np.frombuffer(frame, "<i2"))

        return pass_on

    def end(self, call: Call) -> None:
        """Forget a call and tell the page how it ended."""
        if self.told.pop(call, None) is None:
            return
        if peer := self.peers.pop(call, None):
            peer.close()
        was_up = call.up.is_set()
        reason = "hangup" if was_up else REASONS.get(call.end_code, "canceled")
        self.tell("ended", self.names.pop(call), reason=reason)

    def close(self) -> None:
        """Leave: the page is gone, the call goes on."""
        for peer in self.peers.values():
            peer.close()
        self.peers.clear()

    def tell(self, kind: str, name: str = "", **fields: Any) -> None:
        """Send one message of the browser phone."""
        self._send({"type": kind, **({"id": name} if name else {}), **fields})

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the page and keep the task until it is done."""
        job = asyncio.get_running_loop().create_task(work)
        self.jobs.add(job)
        job.add_done_callback(self.jobs.discard)


@functools.cache
def prepare(network: Any) -> None:  # Any: the class of kernel.webrtc, which is loaded late.
    """Offer this machine's addresses to browsers, loopback included, once."""
    network(with_loopback=True).apply()
