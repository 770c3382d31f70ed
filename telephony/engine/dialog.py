"""One call in sippy: what its state machine lacks for hold, INFO and calls that end in a hurry."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any, Protocol

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventRedirect,
    CCEventRing,
    CCEventTry,
)
from sippy.MsgBody import MsgBody
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest
from sippy.SipURL import SipURL
from sippy.Time.Timeout import Timeout
from sippy.UA import UA

from telephony.engine import refresh
from telephony.engine.edge import is_literal

Q850 = re.compile(r"^Reason\s*:.*?\bQ\.850\s*;.*?cause\s*=\s*(\d{1,3})\b", re.I | re.M)
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
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


class Owner(Protocol):
    """What a dialog needs of the stack it belongs to."""

    shared: dict[str, Any]

    def tell(self, name: str, *arguments: object) -> None:
        """Call a listener method on the event loop."""

    def forget(self, leg: str) -> None:
        """Drop a dialog that is over for good."""

    def hang_up(self, leg: str) -> None:
        """End a call in whatever state it is."""


class Attempt(CCEventTry):
    """An outgoing call that names the trunk by its host name in the request-URI."""

    host = ""

    def onUacSetupComplete(self, uac: UA) -> None:  # noqa: N802 - sippy's name.
        """Put the trunk's own name where sippy put its address."""
        uac.rTarget.host = self.host
        uac.rUri.getUrl().host = self.host


class Dialog(UA):
    """One call in sippy, with what its state machine lacks: re-INVITE, INFO, strangers' verbs."""

    rCSeq: int | None  # noqa: N815 - sippy's name.
    rAddr: Any  # noqa: N815 - sippy's name.

    def __init__(self, stack: Owner, leg: str, peer: tuple[str, int]) -> None:
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
        self._is_unheard = False
        self.overtaken = False
        self._session_seconds: int | None = None
        self._stale: Any = None
        # The stock Contact calls everybody "Anonymous".
        self.lContact = SipContact(address=SipAddress(url=SipURL(), hadbrace=True))

    def recvRequest(self, req: SipRequest, sip_t: Any) -> Any:  # noqa: N802 - sippy's name.
        """Take a request of this dialog."""
        method = req.getMethod()
        if method == "BYE":
            self._note_cause(req)
        if self.state is None or method == "BYE":
            result = super().recvRequest(req, sip_t)
            self._keep_peer_literal()
            return result
        number = req.getHFBody("cseq").getCSeqNum()
        if self.rCSeq is not None and number <= self.rCSeq:
            return reply(req, 500, "Out of order")
        self.rCSeq = number
        if method in ("INVITE", "UPDATE"):
            self.keep_session(req)
        if method == "INVITE":
            return self._take_reoffer(req)
        if method == "UPDATE":
            return self._take_refresh(req)
        if method == "INFO":
            self._take_info(req)
        if method in ("INFO", "OPTIONS"):
            return reply(req, 200, "OK")
        return reply(req, 405, "Method Not Allowed")

    def keep_session(self, req: SipRequest) -> None:
        """Begin the time anew in which the far end has to show that it is there."""
        self._session_seconds = refresh.seconds_of(req)
        if self._stale is not None:
            self._stale.cancel()
            self._stale = None
        if self._session_seconds is not None:
            self._stale = Timeout(self._on_stale, refresh.patience(self._session_seconds))

    def session_headers(self) -> list[SipHeader]:
        """Return the headers of an answer that takes part in the timer."""
        return refresh.headers(self._session_seconds)

    def _take_refresh(self, req: SipRequest) -> Any:
        """Answer an UPDATE; media changes by re-INVITE only."""
        if req.getBody() is not None:
            return reply(req, 488, REASONS[488])
        response = req.genResponse(200, "OK")
        response.appendHeaders(
            [*allow(), *self.session_headers(), SipHeader(name="contact", body=self.lContact)]
        )
        return response, None, None

    def _on_stale(self) -> None:
        self._stale = None
        if self.isConnected():
            self._stack.tell("on_bye", self._leg, time.monotonic())
            self._stack.hang_up(self._leg)

    def recvResponse(self, resp: Any, tr: Any) -> None:  # noqa: N802 - sippy's name.
        """Take a response and keep the next hop reachable without the name service."""
        code = resp.getSCode()[0]
        if code >= 300:
            self._note_cause(resp)
            # Only what sippy makes up itself, when nothing came at all, has no tag of a far end.
            self._is_unheard = code == 408 and resp.getHFBody("to").getTag() is None
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
            self.sendUasResponse(
                200, "OK", body, (self.lContact,), extra_headers=[*allow(), *self.session_headers()]
            )

    def _take_reoffer(self, req: SipRequest) -> Any:
        if not self.isConnected() or self._reoffered:
            return reply(req, 491, "Request Pending")
        if has_usable_contact(req):
            self.rTarget = req.getHFBody("contact").getUrl().getCopy()
        self._reoffered = True
        self.uasResp = req.genResponse(100, "Trying")
        self.global_config["_sip_tm"].sendResponse(self.uasResp)
        self._stack.tell("on_reoffer", self._leg, text_of(req.getBody()))
        return None

    def _take_info(self, req: SipRequest) -> None:
        body = req.getBody()
        if body is not None:
            self._stack.tell("on_info", self._leg, str(body.mtype), str(body.content))

    def _note_cause(self, message: SipRequest) -> None:
        """Keep the Q.850 cause that a carrier gives beside the words of SIP."""
        if found := Q850.search(str(message)):
            self._stack.tell("on_cause", self._leg, int(found[1]))

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
                tell("on_progress", leg, data[0], text_of(data[2]))
        elif isinstance(event, CCEventConnect) and self.overtaken:
            tell("on_bye", leg, now)
            self._stack.hang_up(leg)
        elif isinstance(event, CCEventConnect):
            tell("on_connect", leg, now, str(self.cId), text_of(data[2]))
        elif isinstance(event, CCEventFail) and self._is_unheard:
            tell("on_silence", leg)
        elif isinstance(event, (CCEventFail, CCEventRedirect)):
            tell("on_fail", leg, int(data[0]), str(data[1]))
        elif isinstance(event, CCEventDisconnect):
            tell("on_bye", leg, now)

    def _invite(self, data: tuple[Any, ...]) -> Invite:
        call_id, caller, called, body = data[:4]
        source = f"{self._peer[0]}:{self._peer[1]}"
        return Invite(caller or "", called or "", source, str(call_id), text_of(body))


def text_of(body: MsgBody | None) -> str | None:
    """Return a message body as it came."""
    return None if body is None else str(body.content)


def allow() -> list[SipHeader]:
    """Return the header that lists our methods."""
    return [SipHeader(f"Allow: {ALLOW}")]


def reply(request: SipRequest, code: int, reason: str) -> tuple[Any, None, None]:
    """Return a final answer in the form that sippy sends."""
    response = request.genResponse(code, reason)
    response.appendHeaders(allow())
    return response, None, None


def has_usable_contact(request: SipRequest) -> bool:
    """Return whether later requests of the dialog have somewhere to go."""
    try:
        return bool(request.getHFBody("contact").getUrl().host)
    except Exception:
        return False
