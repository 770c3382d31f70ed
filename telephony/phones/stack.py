"""SIP on the port of the phones: engines are known by their address, phones by their digest."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from sippy.SipRequest import SipRequest

from telephony.engine.config import Config
from telephony.engine.dialog import reply
from telephony.engine.edge import TrunkSocket
from telephony.engine.sip import Listener, Stack, new_leg_id
from telephony.phones.guard import Guard
from telephony.phones.registrar import Registrar

PROVEN = ("REGISTER", "INVITE", "OPTIONS")


class PhoneSocket(TrunkSocket):
    """Hears engines always; others while there are phones, unless they guess passwords."""

    def _hears(self, source: tuple[str, int]) -> bool:
        if source in self._shared["engines"]:
            return True
        registrar: Registrar = self._shared["registrar"]
        guard: Guard = self._shared["guard"]
        return registrar.is_open and guard.hears(source[0])


class PhoneStack(Stack):
    """The SIP thread of the phones' process."""

    socket_class = PhoneSocket

    def __init__(
        self,
        config: Config,
        listener: Listener,
        loop: asyncio.AbstractEventLoop,
        *,
        registrar: Registrar,
        guard: Guard,
    ) -> None:
        super().__init__(config, listener, loop)
        # Addresses of the engines of this machine, kept current by whoever knows them.
        self.engines: set[tuple[str, int]] = set()
        self.shared |= {"registrar": registrar, "guard": guard, "engines": self.engines}
        self._registrar = registrar
        self._callers: dict[str, str] = {}

    def caller_of(self, leg: str) -> str | None:
        """Return the phone that a call came from, once; None for a call of an engine."""
        return self._callers.pop(leg, None)

    def _on_request(self, request: SipRequest, transaction: Any) -> Any:
        """Let engines and phones in; everybody else is asked who they are."""
        if request.getSource() in self.engines or request.getHFBody("to").getTag() is not None:
            return super()._on_request(request, transaction)
        method = request.getMethod()
        if method not in PROVEN:
            return reply(request, 405, "Method Not Allowed")
        username = None
        # What cannot be read proves nothing.
        with contextlib.suppress(ValueError, AttributeError, TypeError, IndexError):
            username = self._registrar.user_of(request)
        if username is None:
            return self._registrar.challenge(request), None, None
        if method == "REGISTER":
            return self._registrar.register(request, username), None, None
        self._caller = username
        return super()._on_request(request, transaction)

    def _leg_of(self, request: SipRequest) -> str:
        leg = new_leg_id()
        if request.getSource() not in self.engines:
            self._callers[leg] = self._caller
        return leg
