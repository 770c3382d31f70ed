"""Asking a customer's voice server: what is sent, how it is signed, what is accepted back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from calls import labels, queries
from calls.models import Call
from kernel import clock
from kernel.http import HttpFailed, Reply, TargetRefused, Timeouts, redirect_target, request
from kernel.signing import signature_header
from telephony import ports
from telephony.errors import CallbackFailed
from telephony.interpreter.document import BYTES_MAX
from telephony.models import Fetch

TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=10.0)
REDIRECT_TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=5.0)
HOPS_MAX = 3
FORM = "application/x-www-form-urlencoded"
STATES = {
    "ringing": "Ringing",
    "answered": "Answered",
    "completed": "Completed",
    "busy": "Busy",
    "no_answer": "NoAnswer",
    "canceled": "Canceled",
    "failed": "Failed",
}


class Send(Protocol):
    """Carries one request, as `kernel.http.request` does."""

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeouts: Timeouts,
        max_bytes: int,
    ) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Way:
    """How a question travels: what carries it and whose secret signs it."""

    send: Send
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx reply of a voice server, the address it came from, and whether a laptop gave it."""

    reply: Reply
    url: str
    is_relayed: bool = False


def ask(fetch: Fetch) -> Answer:
    """Send one question, redirects followed and each hop signed; raises CallbackFailed.

    While a laptop listens for the calls of the workspace and mode, the question goes to it in place
    of the voice URL. A laptop that leaves without taking the question is as if it had not been there.
    """
    call = fetch.call
    laptop = ports.voice_listener(call.workspace_id, call.mode)
    url = _url_on(laptop, fetch) if laptop else ""
    if not laptop or not url:
        return _ask(fetch, fetch.url, None)
    try:
        return _ask(fetch, url, laptop)
    except ports.ListenerGone:
        if _is_at(laptop, fetch.url):
            raise CallbackFailed(f"{url}: nobody listens there any more.") from None
        return _ask(fetch, fetch.url, None)


def _url_on(laptop: ports.VoiceListener, fetch: Fetch) -> str:
    """Return where on the laptop to ask; empty for what the laptop's documents put elsewhere."""
    label = fetch.call.client_request_id
    if fetch.url == labels.with_label(fetch.call.voice_url, label):
        return labels.with_label(laptop.url, label)
    return fetch.url if _is_at(laptop, fetch.url) else ""


def _is_at(laptop: ports.VoiceListener, url: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(laptop.url)[:2]


def try_out(fetch: Fetch, send: Send) -> Answer:
    """Ask as a call would, at the address of the question and by a carrier of one's own."""
    return _ask(fetch, fetch.url, None, send=send)


def _ask(
    fetch: Fetch, url: str, laptop: ports.VoiceListener | None, *, send: Send = request
) -> Answer:
    fields = fields_of(fetch.call) | {str(name): str(it) for name, it in fetch.params.items()}
    fetch.sent = fields
    timeouts = REDIRECT_TIMEOUTS if fetch.purpose == "redirect" else TIMEOUTS
    direct = Way(send, _secret(fetch.call))
    for _hop in range(HOPS_MAX + 1):
        is_relayed = laptop is not None and _is_at(laptop, url)
        way = Way(laptop.request, laptop.secret) if laptop and is_relayed else direct
        reply = _ask_patiently(fetch.method, url, fields, way, timeouts)
        target = redirect_target(url, reply)
        if target is None:
            return Answer(_accepted(reply), url, is_relayed)
        url = target
    raise CallbackFailed(f"The server redirected more than {HOPS_MAX} times.")


def fields_of(call: Call) -> dict[str, str]:
    """Return what every question says about its call, in both families of names."""
    state = STATES[call.status]
    fields = {
        "sessionId": call.session_id,
        "CallId": str(call.id),
        "callerNumber": call.from_e164,
        "From": call.from_e164,
        "destinationNumber": call.to_e164,
        "To": call.to_e164,
        "direction": call.direction,
        "isActive": "0" if call.is_final else "1",
        "callSessionState": state,
        "CallSessionState": state,
        "callStartTime": clock.rfc3339(call.started_at) or "",
    }
    if call.is_from_client:
        fields["clientDialedNumber"] = call.to_e164
    if label := labels.echoed(call.client_request_id):
        fields["clientRequestId"] = label
    return fields | _final_fields(call) if call.is_final else fields


def _final_fields(call: Call) -> dict[str, str]:
    cost = call.cost_minor or 0
    recording = queries.latest_recording(call)
    url = queries.recording_url(recording, lifetime=queries.RECORDING_LINK) if recording else ""
    return {
        **({"recordingUrl": url} if url else {}),
        "durationInSeconds": str(call.duration_seconds or 0),
        "Duration": str(call.duration_seconds or 0),
        "currencyCode": call.cost_currency,
        "amount": f"{cost // 100}.{cost % 100:02d}",
        "hangupCause": call.hangup_cause or "",
    }


def _secret(call: Call) -> str:
    return call.number.voice_signing_secret or call.workspace.signing_secret


def _ask_patiently(
    method: str, url: str, fields: dict[str, str], way: Way, timeouts: Timeouts
) -> Reply:
    """Ask, and once more when the far end cannot have seen the first try."""
    try:
        return _ask_once(method, url, fields, way, timeouts)
    except TargetRefused as problem:
        raise CallbackFailed(f"{url} may not be asked: {problem.reason}.") from None
    except HttpFailed as problem:
        if problem.sent:
            raise CallbackFailed(f"{url}: {problem.reason}.") from None
    try:
        return _ask_once(method, url, fields, way, timeouts)
    except HttpFailed as problem:
        raise CallbackFailed(f"{url}: {problem.reason}.") from None


def _ask_once(method: str, url: str, fields: dict[str, str], way: Way, timeouts: Timeouts) -> Reply:
    body = b"" if method == "GET" else urlencode(fields).encode()
    headers = {
        "X-Sautikit-Signature": signature_header([way.secret], body, int(clock.now().timestamp())),
        "Accept": "application/json, application/xml, text/xml",
    }
    if method == "GET":
        asked = _with_query(url, fields)
        return way.send(
            "GET", asked, headers=headers, body=None, timeouts=timeouts, max_bytes=BYTES_MAX
        )
    headers["Content-Type"] = FORM
    return way.send(method, url, headers=headers, body=body, timeouts=timeouts, max_bytes=BYTES_MAX)


def _with_query(url: str, fields: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, True), *fields.items()])
    return urlunsplit(parts._replace(query=query))


def _accepted(reply: Reply) -> Reply:
    if not 200 <= reply.status < 300:
        raise CallbackFailed(
            f"The server answered {reply.status}.", status_code=reply.status, reply=reply
        )
    if reply.truncated:
        raise CallbackFailed(
            f"The answer is larger than {BYTES_MAX // 1024} KiB.", status_code=reply.status
        )
    return reply
