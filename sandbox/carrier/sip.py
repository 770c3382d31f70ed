"""The SIP side of the carrier: one sippy thread, and legs that the event loop can drive."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventRing,
    CCEventTry,
    CCEventUpdate,
)
from sippy.Core.EventDispatcher import ED2
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipCallId import SipCallId
from sippy.SipConf import SipConf
from sippy.SipContact import SipContact
from sippy.SipRequest import SipRequest
from sippy.SipTransactionManager import SipTransactionManager
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.Udp_server import Udp_server_opts

from sandbox.carrier.registrar import Registrar

START_TIMEOUT_SECONDS = 10
USER_AGENT = "Sautikit sandbox carrier"

# Sippy has no types; what comes out of it is Any until it is read.
Sippy = Any


class QuietLog:
    """Sippy wants a log of every packet; the sandbox has no use for it."""

    def write(self, *_: object, **__: object) -> None:
        """Drop the packet."""


def lower_transport(self: Sippy) -> tuple[Sippy, str]:
    """Read a request's target; some peers write `;transport=UDP`, which sippy cannot route."""
    address, transport = original_target(self)
    return address, str(transport).lower()


original_target = SipRequest.getTarget
SipRequest.getTarget = lower_transport
# With several sending threads a 200 may overtake the 180 before it.
Udp_server_opts.nworkers = 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """An INVITE that passed the digest."""

    user: str
    caller: str
    called: str
    sdp: str


class Leg:
    """One dialogue. Its verbs may be called on the loop; its callbacks arrive on the loop."""

    def __init__(self, sip: "SipThread") -> None:
        self.sip = sip
        self.ua: Sippy = None
        self.sdp = ""
        self.is_over = False
        self.on_ringing: Callable[[], None] = nothing
        self.on_answered: Callable[[str], None] = nothing
        self.on_updated: Callable[[str], None] = nothing
        self.on_info: Callable[[str], None] = nothing
        self.on_ended: Callable[[int], None] = nothing

    def ring(self) -> None:
        """Say 180."""
        self._tell(CCEventRing((180, "Ringing", None)))

    def answer(self, sdp: str) -> None:
        """Say 200 with our description."""
        self.sdp = sdp
        self._tell(CCEventConnect((200, "OK", MsgBody(sdp))))

    def refuse(self, code: int, reason: str) -> None:
        """Say no before the answer."""
        self._tell(CCEventFail((code, reason)))

    def hang_up(self) -> None:
        """Say BYE, CANCEL or 480, whichever the moment asks for."""
        if not self.is_over:
            self._tell(CCEventDisconnect())

    def _tell(self, event: Sippy) -> None:
        ED2.callFromThread(self._tell_on_thread, event)

    def _tell_on_thread(self, event: Sippy) -> None:
        if self.ua is not None:
            self.ua.recvEvent(event)

    def hear(self, event: Sippy, ua: Sippy) -> None:
        """Take sippy's event on its thread and pass it to the loop."""
        data = event.getData()
        if isinstance(event, CCEventRing) and data and data[0] >= 180:
            self._pass(self._ringing)
        elif isinstance(event, CCEventConnect):
            self._pass(self._answered, str(data[2]) if data and data[2] else "")
        elif isinstance(event, CCEventUpdate):
            # A re-INVITE is answered with what we said before; its new address counts.
            ua.recvEvent(CCEventConnect((200, "OK", MsgBody(self.sdp))))
            self._pass(self._updated, str(data) if data else "")
        elif isinstance(event, CCEventInfo):
            self._pass(self._info, str(data) if data else "")
        elif isinstance(event, CCEventFail):
            self._pass(self._ended, int(data[0]))
        elif isinstance(event, CCEventDisconnect):
            self._pass(self._ended, 0)

    def _pass(self, callback: Callable[..., None], *values: object) -> None:
        self.sip.loop.call_soon_threadsafe(callback, *values)

    def _ringing(self) -> None:
        self.on_ringing()

    def _answered(self, sdp: str) -> None:
        self.on_answered(sdp)

    def _updated(self, sdp: str) -> None:
        self.on_updated(sdp)

    def _info(self, body: str) -> None:
        self.on_info(body)

    def _ended(self, code: int) -> None:
        if not self.is_over:
            self.is_over = True
            self.on_ended(code)


def nothing(*_: object) -> None:
    """Do nothing; the callback nobody set."""


class SipThread(threading.Thread):
    """Run sippy in a thread of its own, because its event loop belongs to one thread."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        registrar: Registrar,
        on_invite: Callable[[Leg, Invitation], None],
    ) -> None:
        super().__init__(name="carrier-sip", daemon=True)
        self.loop = asyncio.get_running_loop()
        self.config: dict[str, Any] = {  # Any: sippy's own mixed bag.
            "_sip_address": host,
            "_sip_port": port,
            "_sip_logger": QuietLog(),
        }
        self.registrar, self.on_invite = registrar, on_invite
        self.listening = threading.Event()
        self.problem: Exception | None = None

    async def listen(self) -> None:
        """Start the thread and return when the port is open; raises what kept it shut."""
        self.start()
        if not await asyncio.to_thread(self.listening.wait, START_TIMEOUT_SECONDS):
            raise TimeoutError("the SIP thread did not start")
        if self.problem is not None:
            raise self.problem

    def run(self) -> None:
        """Own sippy's event loop until it is broken."""
        # Sippy compares every timer with the thread it believes to own it.
        ED2.my_ident = threading.get_ident()
        SipConf.my_uaname = USER_AGENT
        try:
            self.config["_sip_tm"] = SipTransactionManager(self.config, self._receive)
        except Exception as problem:
            self.problem = problem
            return
        finally:
            self.listening.set()
        ED2.loop()

    def stop(self) -> None:
        """End the thread."""
        ED2.callFromThread(ED2.breakLoop)

    def place(
        self, *, caller: str, called: str, sdp: str, to: tuple[str, int], user: str, password: str
    ) -> Leg:
        """Send an INVITE and return its leg."""
        leg = Leg(self)
        leg.sdp = sdp
        ED2.callFromThread(self._place, leg, caller, called, to, user, password)
        return leg

    def _place(
        self, leg: Leg, caller: str, called: str, to: tuple[str, int], user: str, password: str
    ) -> None:
        leg.ua = UA(self.config, leg.hear, user or None, password or None, nh_address=to)
        leg.ua.lContact = self._contact(caller)
        body = MsgBody(leg.sdp)
        leg.ua.recvEvent(CCEventTry((SipCallId(), caller, called, body, None, None)))

    def _contact(self, user: str | None) -> Sippy:
        """Write our contact without a display name, which some peers copy into their next request."""
        url = SipURL(username=user, host=self.config["_sip_address"], port=self.config["_sip_port"])
        return SipContact(address=SipAddress(url=url, hadbrace=True))

    def _receive(self, request: Sippy, transaction: Sippy) -> Sippy:
        """Answer a request outside of every dialogue."""
        method = request.getMethod()
        if request.getHFBody("to").getTag() is not None:
            return (request.genResponse(481, "Call Leg/Transaction Does Not Exist"), None, None)
        if method == "REGISTER":
            return (self.registrar.register(request), None, None)
        if method == "OPTIONS":
            return (request.genResponse(200, "OK"), None, None)
        if method != "INVITE":
            return (request.genResponse(501, "Not Implemented"), None, None)
        user = self.registrar.user_of(request)
        if user is None:
            return (self.registrar.challenge(request), None, None)
        return self._invited(request, transaction, user)

    def _invited(self, request: Sippy, transaction: Sippy, user: str) -> Sippy:
        leg = Leg(self)

        def hear(event: Sippy, ua: Sippy) -> None:
            if not isinstance(event, CCEventTry):
                leg.hear(event, ua)
                return
            _, caller, called, body, _, _ = event.getData()
            invitation = Invitation(user, str(caller), str(called), str(body or ""))
            self.loop.call_soon_threadsafe(self.on_invite, leg, invitation)

        leg.ua = UA(self.config, hear)
        leg.ua.lContact = self._contact(request.getRURI().username)
        return leg.ua.recvRequest(request, transaction)
