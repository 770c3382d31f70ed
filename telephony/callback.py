"""Asking a customer's voice server: what is sent, how it is signed, what is accepted back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from calls import labels, queries
from calls.models import Call
from kernel import clock
from kernel.http import HttpFailed, Reply, TargetRefused, Timeouts, redirect_target, request
from kernel.signing import signature_header
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx reply of a voice server and the address it came from."""

    reply: Reply
    url: str


def ask(fetch: Fetch) -> Answer:
    """Send one question, redirects followed and each hop signed; raises CallbackFailed."""
    fields = fields_of(fetch.call) | {str(name): str(it) for name, it in fetch.params.items()}
    timeouts = REDIRECT_TIMEOUTS if fetch.purpose == "redirect" else TIMEOUTS
    secret = _secret(fetch.call)
    url = fetch.url
    for _hop in range(HOPS_MAX + 1):
        reply = _ask_patiently(fetch.method, url, fields, secret, timeouts)
        target = redirect_target(url, reply)
        if target is None:
            return Answer(_accepted(reply), url)
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
    method: str, url: str, fields: dict[str, str], secret: str, timeouts: Timeouts
) -> Reply:
    """Ask, and once more when the far end cannot have seen the first try."""
    try:
        return _ask_once(method, url, fields, secret, timeouts)
    except TargetRefused as problem:
        raise CallbackFailed(f"{url} may not be asked: {problem.reason}.") from None
    except HttpFailed as problem:
        if problem.sent:
            raise CallbackFailed(f"{url}: {problem.reason}.") from None
    try:
        return _ask_once(method, url, fields, secret, timeouts)
    except HttpFailed as problem:
        raise CallbackFailed(f"{url}: {problem.reason}.") from None


def _ask_once(
    method: str, url: str, fields: dict[str, str], secret: str, timeouts: Timeouts
) -> Reply:
    body = b"" if method == "GET" else urlencode(fields).encode()
    headers = {
        "X-Sautikit-Signature": signature_header([secret], body, int(clock.now().timestamp())),
        "Accept": "application/json, application/xml, text/xml",
    }
    if method == "GET":
        return request(
            "GET", _with_query(url, fields), headers=headers, timeouts=timeouts, max_bytes=BYTES_MAX
        )
    headers["Content-Type"] = FORM
    return request(method, url, headers=headers, body=body, timeouts=timeouts, max_bytes=BYTES_MAX)


def _with_query(url: str, fields: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, True), *fields.items()])
    return urlunsplit(parts._replace(query=query))


def _accepted(reply: Reply) -> Reply:
    if not 200 <= reply.status < 300:
        raise CallbackFailed(f"The server answered {reply.status}.", status_code=reply.status)
    if reply.truncated:
        raise CallbackFailed(
            f"The answer is larger than {BYTES_MAX // 1024} KiB.", status_code=reply.status
        )
    return reply
