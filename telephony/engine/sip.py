"""SIP: calls as method calls, on sippy; with its socket in ``edge`` the only user of sippy."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventPreConnect,
    CCEventRedirect,
    CCEventRing,
    CCEventTry,
)
from sippy.Core.EventDispatcher import ED2
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipConf import MyAddress, MyPort, SipConf
from sippy.SipContact import SipContact
from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest
from sippy.SipTransactionManager import RINGING, TRYING, SipTransactionManager
from sippy.SipURL import SipURL
from sippy.UA import UA
from sippy.Udp_server import Udp_server_opts

from telephony.engine.config import Config, Trunk
from telephony.engine.edge import TrunkSocket, is_literal

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"
REASONS = {
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    503: "Service Unavailable",
    603: "Decline",
}


@dataclass(frozen=True)
class Invite:
    """An incoming call before anyone decided about it."""

    caller: str
    called: str
    source: str
    call_id: str
    sdp: str | None


class Listener(Protocol):
    """What the engine hears, always on its event loop; ``at`` is ``time.monotonic()``."""

    def on_invite(self, leg: str, invite: Invite) -> None:
        """A trunk calls."""

    def on_progress(self, leg: str, code: int, sdp: str | None) -> None:
        """The far end rings, or speaks before it answers."""

    def on_connect(self, leg: str, at: float, call_id: str, sdp: str | None) -> None:
        """The call is answered and acknowledged."""

    def on_fail(self, leg: str, code: int, reason: str) -> None:
        """The call ended before it was answered."""

    def on_error(self, leg: str, reason: str) -> None:
        """A command could not be carried out."""

    def on_bye(self, leg: str, at: float) -> None:
        """The far end hung up, or cancelled."""

    def on_reoffer(self, leg: str, sdp: str | None) -> None:
        """The far end changes the media and waits for ``answer_reoffer``."""

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """An INFO request with a body arrived."""


def new_leg_id() -> str:
    """Return a UUIDv7 in text."""
    stamp = int(time.time() * 1000).to_bytes(6, "big")
    noise = bytearray(os.urandom(10))
    noise[0] = noise[0] & 0x0F | 0x70
    noise[2] = noise[2] & 0x3F | 0x80
    digits = (stamp + noise).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class _Here(MyAddress):
    """Our address where sippy would ask the name service for it."""

    def __init__(self, host: str) -> None:
        self._host = host

    def __str__(self) -> str:
        return self._host


class _Silence:
    """The message log that nobody reads."""

    def write(self, *_: object, **__: object) -> None:
        """Drop a line."""


def _target_in_lower_case(request: SipRequest) -> tuple[Any, str]:
    # A Contact with ``transport=UDP`` in upper case makes sippy refuse to send our BYE; we speak
    # UDP to everyone whatever they wrote.
    return request.target[0], "udp"


class _Transactions(SipTransactionManager):
    """sippy's transactions, with the ACK sent before anybody hears of a final answer.

    Otherwise what the answer leads to, a new INVITE with credentials or a BYE, overtakes the ACK.
    """

    def incomingResponse(  # noqa: N802 - sippy's name.
        self, msg: Any, t: Any, checksum: bytes
    ) -> None:
        """Take one response of one of our requests."""
        hear = t.resp_cb
        last = t.needack and msg.getSCode()[0] >= 200 and t.state in (TRYING, RINGING)
        if not last or hear is None:
            super().incomingResponse(msg, t, checksum)
            return
        t.resp_cb = None
        super().incomingResponse(msg, t, checksum)
        hear(msg, t)


class Stack:
    """The SIP thread; every public method may be called from the event loop."""

    def __init__(self, config: Config, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self._config = config
        self._listener = listener
        self._loop = loop
        self._dialogs: dict[str, _Dialog] = {}
        self.shared: dict[str, Any] = {
            "_sip_address": config.sip_host,
            "_sip_port": config.sip_port,
            "_sip_logger": _Silence(),
            "public_host": config.public_host,
            "trunk_names": {
                each.host.lower(): each.addresses[0] for each in config.trunks.values()
            },
            "trunk_sources": frozenset(
                address for each in config.trunks.values() for address in each.addresses
            ),
        }

    def start(self) -> int:
        """Start the thread and return the bound port; OSError when it is taken."""
        bound: Future[int] = Future()
        threading.Thread(target=self._run, args=(bound,), name="sip", daemon=True).start()
        return bound.result(10)

    def dial(self, leg: str, trunk: Trunk, *, to: str, caller: str, display: str, sdp: str) -> None:
        """Send an INVITE through a trunk."""
        self._post(leg, self._dial, leg, trunk, to, caller, display, sdp)

    def ring(self, leg: str) -> None:
        """Send 180 to a caller."""
        self._feed(leg, CCEventRing, (180, "Ringing", None))

    def answer(self, leg: str, sdp: str) -> None:
        """Send 200 to a caller; ``on_connect`` follows its ACK."""
        self._feed(leg, CCEventPreConnect, (200, "OK", MsgBody(sdp)))

    def reject(self, leg: str, code: int) -> None:
        """Refuse a caller."""
        self._feed(leg, CCEventFail, (code, REASONS.get(code, "Rejected")))

    def hang_up(self, leg: str) -> None:
        """End a call in whatever state it is: CANCEL, BYE, or BYE to an answer under way."""
        self._post(leg, self._hang_up, leg)

    def answer_reoffer(self, leg: str, sdp: str | None) -> None:
        """Answer a change of media: 200 with our description, or 488."""
        self._post(leg, self._answer_reoffer, leg, sdp)

    # From here on everything runs in the SIP thread.

    def tell(self, name: str, *arguments: object) -> None:
        """Call a listener method on the event loop."""
        try:
            self._loop.call_soon_threadsafe(getattr(self._listener, name), *arguments)
        except RuntimeError:
            return

    def forget(self, leg: str) -> None:
        """Drop a dialog that is over for good."""
        self._dialogs.pop(leg, None)

    def _run(self, bound: Future[int]) -> None:
        try:
            # sippy checks that timers are made in the thread that imported it.
            ED2.my_ident = threading.get_ident()
            SipRequest.getTarget = _target_in_lower_case
            SipConf.my_address = _Here(self._config.public_host)
            SipConf.my_uaname = self._config.user_agent
            _Transactions.model_udp_server = (TrunkSocket, Udp_server_opts)
            manager = _Transactions(self.shared, self._on_request)
            self.shared["_sip_tm"] = manager
            server = next(iter(manager.l4r.cache_l2s.values()))
            port = server.uopts.laddress[1]
            SipConf.my_port = MyPort(port)
        except BaseException as error:
            bound.set_exception(error)
            return
        bound.set_result(port)
        ED2.loop()

    def _post(self, leg: str, verb: Any, *arguments: Any) -> None:
        ED2.callFromThread(self._guard, leg, verb, arguments)

    def _feed(self, leg: str, kind: type, data: tuple[Any, ...]) -> None:
        self._post(leg, self._recv_event, leg, kind, data)

    def _guard(self, leg: str, verb: Any, arguments: tuple[Any, ...]) -> None:
        try:
            verb(*arguments)
        except Exception as error:
            print(f"sip: {verb.__name__} {leg}: {error!r}", file=sys.stderr)
            self.tell("on_error", leg, f"internal error: {type(error).__name__}")

    def _recv_event(self, leg: str, kind: type, data: tuple[Any, ...]) -> None:
        dialog = self._dialogs.get(leg)
        if dialog is not None:
            event = kind(data)
            event.extra_headers = _allow()
            dialog.recvEvent(event)

    def _dial(self, leg: str, trunk: Trunk, to: str, caller: str, display: str, sdp: str) -> None:
        dialog = _Dialog(self, leg, trunk.address)
        dialog.setAuth(trunk.username or None, trunk.password or None)
        dialog.setNextHop(trunk.address)
        dialog.extra_headers = _allow()
        self._dialogs[leg] = dialog
        attempt = _Attempt((None, caller, to, MsgBody(sdp), None, display or None))
        attempt.host = trunk.host
        dialog.recvEvent(attempt)

    def _hang_up(self, leg: str) -> None:
        dialog = self._dialogs.get(leg)
        if dialog is not None:
            # Without a name a late 401 cannot start the call again after our CANCEL.
            dialog.username = None
            dialog.recvEvent(CCEventDisconnect())

    def _answer_reoffer(self, leg: str, sdp: str | None) -> None:
        dialog = self._dialogs.get(leg)
        if dialog is not None:
            dialog.answer_reoffer(sdp)

    def _on_request(self, request: SipRequest, transaction: Any) -> Any:
        """Handle a request outside every dialog we know."""
        method = request.getMethod()
        if method == "BYE" and self._is_overtaken(request):
            return _reply(request, 200, "OK")
        if request.getHFBody("to").getTag() is not None:
            return _reply(request, 481, "Call/Transaction Does Not Exist")
        if method == "OPTIONS":
            return _reply(request, 200, "OK")
        if method != "INVITE":
            return _reply(request, 405, "Method Not Allowed")
        if request.countHFs("require"):
            return _reply(request, 420, "Bad Extension")
        if not _has_usable_contact(request):
            return _reply(request, 400, "Bad Contact")
        leg = new_leg_id()
        dialog = self._dialogs[leg] = _Dialog(self, leg, request.getSource())
        return dialog.recvRequest(request, transaction)

    def _is_overtaken(self, request: SipRequest) -> bool:
        """Tell whether a BYE belongs to a call whose 200 is still on its way, and remember it."""
        call_id = str(request.getHFBody("call-id"))
        tag = request.getHFBody("to").getTag()
        for dialog in self._dialogs.values():
            if str(dialog.cId) == call_id and dialog.lTag == tag and not dialog.isConnected():
                dialog.overtaken = True
                return True
        return False


class _Attempt(CCEventTry):
    """An outgoing call that names the trunk by its host name in the request-URI."""

    host = ""

    def onUacSetupComplete(self, uac: UA) -> None:  # noqa: N802 - sippy's name.
        """Put the trunk's own name where sippy put its address."""
        uac.rTarget.host = self.host
        uac.rUri.getUrl().host = self.host


class _Dialog(UA):
    """One call in sippy, with what its state machine lacks: re-INVITE, INFO, strangers' verbs."""

    rCSeq: int | None  # noqa: N815 - sippy's name.
    rAddr: Any  # noqa: N815 - sippy's name.

    def __init__(self, stack: Stack, leg: str, peer: tuple[str, int]) -> None:
        super().__init__(
            stack.shared,
            event_cb=self._on_event,
            nh_address=peer,
            dead_cbs=(lambda _: stack.forget(leg),),
        )
        self._stack = stack
        self._leg = leg
        self._peer = peer
        self._reoffered = False
        self.overtaken = False
        # The stock Contact calls everybody "Anonymous".
        self.lContact = SipContact(address=SipAddress(url=SipURL(), hadbrace=True))

    def recvRequest(self, req: SipRequest, sip_t: Any) -> Any:  # noqa: N802 - sippy's name.
        """Take a request of this dialog."""
        method = req.getMethod()
        if self.state is None or method == "BYE":
            result = super().recvRequest(req, sip_t)
            self._keep_peer_literal()
            return result
        number = req.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and number <= self.rCSeq:
            return _reply(req, 500, "Out of order")
        self.rCSeq = number
        if method == "INVITE":
            return self._take_reoffer(req)
        if method == "INFO":
            self._take_info(req)
        if method in ("INFO", "OPTIONS"):
            return _reply(req, 200, "OK")
        return _reply(req, 405, "Method Not Allowed")

    def recvResponse(self, resp: Any, tr: Any) -> None:  # noqa: N802 - sippy's name.
        """Take a response and keep the next hop reachable without the name service."""
        super().recvResponse(resp, tr)
        self._keep_peer_literal()

    def answer_reoffer(self, sdp: str | None) -> None:
        """Send the final answer of a re-INVITE."""
        if not self._reoffered:
            return
        self._reoffered = False
        if sdp is None:
            self.sendUasResponse(488, REASONS[488])
        else:
            body = MsgBody(sdp)
            self.sendUasResponse(200, "OK", body, (self.lContact,), extra_headers=_allow())

    def _take_reoffer(self, req: SipRequest) -> Any:
        if not self.isConnected() or self._reoffered:
            return _reply(req, 491, "Request Pending")
        if _has_usable_contact(req):
            self.rTarget = req.getHFBody("contact").getUrl().getCopy()
        self._reoffered = True
        self.uasResp = req.genResponse(100, "Trying")
        self.global_config["_sip_tm"].sendResponse(self.uasResp)
        self._stack.tell("on_reoffer", self._leg, _text(req.getBody()))
        return None

    def _take_info(self, req: SipRequest) -> None:
        body = req.getBody()
        if body is not None:
            self._stack.tell("on_info", self._leg, str(body.mtype), str(body.content))

    def _keep_peer_literal(self) -> None:
        known = self.global_config["trunk_names"]
        host = str(self.rAddr[0][0]) if self.rAddr and self.rAddr[0] else ""
        if not is_literal(host) and host.lower() not in known:
            self.rAddr = (self._peer, "udp")

    def _on_event(self, event: Any, _: UA) -> None:
        # sippy's own times come from another clock, a quarter of a second off on some machines.
        now = time.monotonic()
        tell, leg, data = self._stack.tell, self._leg, event.getData()
        if isinstance(event, CCEventTry):
            tell("on_invite", leg, self._invite(data))
        elif isinstance(event, CCEventRing):
            if data[0] > 100:
                tell("on_progress", leg, data[0], _text(data[2]))
        elif isinstance(event, CCEventConnect) and self.overtaken:
            tell("on_bye", leg, now)
            self._stack.hang_up(leg)
        elif isinstance(event, CCEventConnect):
            tell("on_connect", leg, now, str(self.cId), _text(data[2]))
        elif isinstance(event, (CCEventFail, CCEventRedirect)):
            tell("on_fail", leg, int(data[0]), str(data[1]))
        elif isinstance(event, CCEventDisconnect):
            tell("on_bye", leg, now)

    def _invite(self, data: tuple[Any, ...]) -> Invite:
        call_id, caller, called, body = data[:4]
        source = f"{self._peer[0]}:{self._peer[1]}"
        return Invite(caller or "", called or "", source, str(call_id), _text(body))


def _text(body: MsgBody | None) -> str | None:
    return None if body is None else str(body.content)


def _allow() -> list[SipHeader]:
    return [SipHeader(f"Allow: {ALLOW}")]


def _reply(request: SipRequest, code: int, reason: str) -> tuple[Any, None, None]:
    response = request.genResponse(code, reason)
    response.appendHeaders(_allow())
    return response, None, None


def _has_usable_contact(request: SipRequest) -> bool:
    try:
        return bool(request.getHFBody("contact").getUrl().host)
    except Exception:
        return False
