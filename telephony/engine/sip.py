"""SIP: calls as method calls. Only this file, ``dialog`` and ``edge`` know sippy."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import threading
import time
from concurrent.futures import Future
from typing import Any, Protocol

from sippy.CCEvents import (
    CCEventDisconnect,
    CCEventFail,
    CCEventInfo,
    CCEventPreConnect,
    CCEventRing,
)
from sippy.Core.EventDispatcher import ED2
from sippy.MsgBody import MsgBody
from sippy.SipConf import MyAddress, MyPort, SipConf
from sippy.SipContentType import SipContentType
from sippy.SipRequest import SipRequest
from sippy.SipTransactionManager import RINGING, TRYING, SipTransactionManager
from sippy.Udp_server import Udp_server_opts

from telephony.engine import refresh
from telephony.engine.config import Config, Trunk
from telephony.engine.dialog import (
    REASONS,
    Attempt,
    Dialog,
    Invite,
    allow,
    has_usable_contact,
    reply,
)
from telephony.engine.dtmf import Digit
from telephony.engine.edge import TrunkSocket
from telephony.engine.legs import SUPERVISION

# sippy answers a repeated message from what it remembers of the last 32 to 64 seconds; a flood may
# not make it remember more than this twice.
REMEMBERED_MESSAGES = 8192
LEG_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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

    def on_silence(self, leg: str) -> None:
        """Nothing at all came back."""

    def on_cause(self, leg: str, q850: int) -> None:
        """The far end says why, in the words of the telephone network."""

    def on_error(self, leg: str, reason: str) -> None:
        """A command could not be carried out."""

    def on_bye(self, leg: str, at: float) -> None:
        """The far end hung up, or cancelled."""

    def on_reoffer(self, leg: str, sdp: str | None) -> None:
        """The far end changes the media and waits for ``answer_reoffer``."""

    def on_info(self, leg: str, content_type: str, body: str) -> None:
        """An INFO request with a body arrived."""

    def on_key(self, leg: str, digit: Digit) -> None:
        """A key was pressed that the other side understood by itself."""


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

    def handleIncoming(  # noqa: N802 - sippy's name.
        self, data_in: Any, ra: Any, server: Any, rtime: Any
    ) -> None:
        """Take one message; under a flood forget the oldest sooner."""
        if len(self.l1rcache) > REMEMBERED_MESSAGES:
            self.rCachePurge()
        super().handleIncoming(data_in, ra, server, rtime)

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

    socket_class = TrunkSocket

    def __init__(self, config: Config, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self._config = config
        self._listener = listener
        self._loop = loop
        self._dialogs: dict[str, Dialog] = {}
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

    async def start(self) -> int:
        """Start the thread and return the bound port; OSError when it is taken."""
        bound: Future[int] = Future()
        threading.Thread(target=self._run, args=(bound,), name="sip", daemon=True).start()
        return await asyncio.wait_for(asyncio.wrap_future(bound), 10)

    def dial(self, leg: str, trunk: Trunk, *, to: str, caller: str, display: str, sdp: str) -> None:
        """Send an INVITE through a trunk."""
        self._post(leg, self._dial, leg, trunk, to, caller, display, sdp)

    def ring(self, leg: str) -> None:
        """Send 180 to a caller."""
        self._feed(leg, CCEventRing, (180, "Ringing", None))

    def progress(self, leg: str, sdp: str) -> None:
        """Send 183 with our description to a caller."""
        self._feed(leg, CCEventRing, (183, "Session Progress", MsgBody(sdp)))

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

    def press(self, leg: str, keys: str) -> bool:
        """Say that keys go with the sound."""
        return False

    def inform(self, leg: str, word: str) -> None:
        """Send an INFO with the word to an answered client."""
        kind = SipContentType(SUPERVISION)
        kind.parse()
        self._feed(leg, CCEventInfo, MsgBody(word, kind))

    def limit(self, leg: str, seconds: float) -> None:
        """Do nothing: this wire lives and dies with the engine, whose clock it is."""

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
            _Transactions.model_udp_server = (self.socket_class, Udp_server_opts)
            manager = _Transactions(self.shared, self._on_request)
            self.shared["_sip_tm"] = manager
            server = next(iter(manager.l4r.cache_l2s.values()))
            port = server.uopts.laddress[1]
            SipConf.my_port = MyPort(port)
        except BaseException as error:
            bound.set_exception(error)
            return
        bound.set_result(port)
        try:
            ED2.loop()
        finally:
            # An engine without its SIP thread would look alive and hear nothing.
            os.kill(os.getpid(), signal.SIGTERM)

    def _post(self, leg: str, verb: Any, *arguments: Any) -> None:
        ED2.callFromThread(self._guard, leg, verb, arguments)

    # The data is what sippy's event of that kind takes.
    def _feed(self, leg: str, kind: type, data: Any) -> None:
        self._post(leg, self._recv_event, leg, kind, data)

    def _guard(self, leg: str, verb: Any, arguments: tuple[Any, ...]) -> None:
        try:
            verb(*arguments)
        except Exception as error:
            print(f"sip: {verb.__name__} {leg}: {error!r}", file=sys.stderr)
            self.tell("on_error", leg, f"internal error: {type(error).__name__}")

    def _recv_event(self, leg: str, kind: type, data: Any) -> None:
        dialog = self._dialogs.get(leg)
        if dialog is not None:
            event = kind(data)
            timed = dialog.session_headers() if kind is CCEventPreConnect else []
            event.extra_headers = [*allow(), *timed]
            dialog.recvEvent(event)

    def _dial(self, leg: str, trunk: Trunk, to: str, caller: str, display: str, sdp: str) -> None:
        dialog = Dialog(self, leg, trunk.address)
        dialog.setAuth(trunk.username or None, trunk.password or None)
        dialog.setNextHop(trunk.address)
        dialog.extra_headers = allow()
        self._dialogs[leg] = dialog
        attempt = Attempt((None, caller, to, MsgBody(sdp), None, display or None))
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
            return reply(request, 200, "OK")
        if request.getHFBody("to").getTag() is not None:
            return reply(request, 481, "Call/Transaction Does Not Exist")
        if method == "OPTIONS":
            return reply(request, 200, "OK")
        if method != "INVITE":
            return reply(request, 405, "Method Not Allowed")
        if refresh.requires_more(request):
            return reply(request, 420, "Bad Extension")
        if not has_usable_contact(request):
            return reply(request, 400, "Bad Contact")
        leg = self._leg_of(request)
        dialog = self._dialogs[leg] = Dialog(self, leg, request.getSource())
        dialog.keep_session(request)
        return dialog.recvRequest(request, transaction)

    def _leg_of(self, request: SipRequest) -> str:
        """Return the leg that a call of our own clients names, or a new one."""
        named = str(request.getRURI().username or "")
        inside = {each.address for each in self._config.trunks.values() if each.is_inside}
        is_ours = request.getSource() in inside and LEG_ID.fullmatch(named)
        return named if is_ours and named not in self._dialogs else new_leg_id()

    def _is_overtaken(self, request: SipRequest) -> bool:
        """Tell whether a BYE belongs to a call whose 200 is still on its way, and remember it."""
        call_id = str(request.getHFBody("call-id"))
        tag = request.getHFBody("to").getTag()
        for dialog in self._dialogs.values():
            if str(dialog.cId) == call_id and dialog.lTag == tag and not dialog.isConnected():
                dialog.overtaken = True
                return True
        return False
