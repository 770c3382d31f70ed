"""Which side carries the trunks of an engine: our own SIP, or an Asterisk for those of carriers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from telephony.engine.asterisk.node import Node
from telephony.engine.asterisk.switch import Switch
from telephony.engine.config import Config, Trunk
from telephony.engine.legs import TrunkWire
from telephony.engine.sip import Listener, Stack


def open_trunks(config: Config, listener: Listener, lost: Callable[[str], None]) -> TrunkWire:
    """Return the trunk side of the configuration; `lost` is called when it is gone for good."""
    if config.asterisk is None:
        return Stack(config, listener, asyncio.get_running_loop())
    return _WithAsterisk(config, config.asterisk, listener, lost)


class _WithAsterisk:
    """Carriers through Asterisk; our own clients, which sit beside the engine, without it."""

    def __init__(
        self, config: Config, node: Node, listener: Listener, lost: Callable[[str], None]
    ) -> None:
        inside = {name: trunk for name, trunk in config.trunks.items() if trunk.is_inside}
        ours = replace(config, trunks=inside)
        self._inside = Stack(ours, listener, asyncio.get_running_loop())
        self._outside = Switch(node, listener, lost)

    async def start(self) -> int:
        """Take the node over, then open the port for our own clients and return that."""
        await self._outside.start()
        return await self._inside.start()

    def dial(self, leg: str, trunk: Trunk, *, to: str, caller: str, display: str, sdp: str) -> None:
        """Call somebody through a trunk."""
        side = self._inside if trunk.is_inside else self._outside
        side.dial(leg, trunk, to=to, caller=caller, display=display, sdp=sdp)

    def ring(self, leg: str) -> None:
        """Tell a caller that it rings."""
        self._of(leg).ring(leg)

    def progress(self, leg: str, sdp: str) -> None:
        """Let a caller hear us before the answer, where the wire can."""
        self._of(leg).progress(leg, sdp)

    def answer(self, leg: str, sdp: str) -> None:
        """Take a caller's call with our description."""
        self._of(leg).answer(leg, sdp)

    def reject(self, leg: str, code: int) -> None:
        """Refuse a caller."""
        self._of(leg).reject(leg, code)

    def hang_up(self, leg: str) -> None:
        """End a call in whatever state it is."""
        self._of(leg).hang_up(leg)

    def answer_reoffer(self, leg: str, sdp: str | None) -> None:
        """Answer a change of media of one of our own clients."""
        self._of(leg).answer_reoffer(leg, sdp)

    def press(self, leg: str, keys: str) -> bool:
        """Send keys in the way of the side that has the leg."""
        return self._of(leg).press(leg, keys)

    def inform(self, leg: str, word: str) -> None:
        """Tell a client of ours how it is supervised."""
        self._of(leg).inform(leg, word)

    def limit(self, leg: str, seconds: float) -> None:
        """Let Asterisk know how long a leg may still last."""
        self._of(leg).limit(leg, seconds)

    def _of(self, leg: str) -> TrunkWire:
        return self._outside if self._outside.has(leg) else self._inside
