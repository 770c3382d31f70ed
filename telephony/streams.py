"""Streams of a call: opened by its document, reported by the engine, told to the customer.

Every verb takes the lock of the call.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from calls import labels
from calls import services as calls
from calls.models import Call
from kernel import clock
from kernel.signing import signature_header
from kernel.work import enqueue
from telephony import orders
from telephony.interpreter import effects
from telephony.models import Fetch, Session
from telephony.states import STREAM
from telephony.stream_models import Stream

# The purpose of a question whose answer is ignored.
STATUS = "stream"
MOVES = {"started": "open", "stopped": "close", "error": "fail"}
STATES = {"started": "StreamStarted", "stopped": "StreamStopped", "error": "StreamError"}


def begin(call: Call, session: Session, effect: effects.Stream) -> None:
    """Have the engine open a stream. The caller holds the lock of the call."""
    stream = Stream.objects.create(
        call=call,
        leg_id=session.leg_id,
        ticket=effect.id,
        name=effect.name,
        url=effect.url,
        track=effect.track,
        holds=effect.holds,
        status_url=effect.status_url,
        status_events=list(effect.status_events),
    )
    secret = call.number.voice_signing_secret or call.workspace.signing_secret
    signature = signature_header([secret], b"", int(clock.now().timestamp()))
    orders.write(
        session.leg_id,
        "stream_start",
        id=effect.id,
        url=effect.url,
        track=effect.track,
        holds=effect.holds,
        listen_hertz=effect.listen_hertz,
        speak_hertz=effect.speak_hertz,
        headers={"X-Sautikit-Signature": signature},
        metadata=json.dumps(_first_frame(call, stream, effect), ensure_ascii=False),
    )


def changed(*, leg_id: UUID, ticket: str, state: str, reason: str) -> bool:
    """Take the engine's word on a stream and tell the customer; False when it was known."""
    with transaction.atomic():
        found = Stream.objects.filter(leg_id=leg_id, ticket=ticket).values_list("call_id").first()
        if found is None:
            return False
        call = Call.objects.select_for_update(no_key=True).get(pk=found[0])
        stream = Stream.objects.get(leg_id=leg_id, ticket=ticket)
        return _move(call, stream, state, reason)


def close_all(leg_id: UUID) -> None:
    """Close what the engine of a leg that ended did not close itself."""
    for ticket in Stream.objects.filter(leg_id=leg_id, closed_at=None).values_list("ticket"):
        changed(leg_id=leg_id, ticket=ticket[0], state="stopped", reason="hangup")


def _move(call: Call, stream: Stream, state: str, reason: str) -> bool:
    now = clock.now()
    moment = {"opened_at": now} if state == "started" else {"closed_at": now}
    if not STREAM.apply(stream, MOVES[state], reason=reason, **moment):
        return False
    told = {"stream_id": str(stream.id), "name": stream.name, "reason": reason}
    calls.note(call_id=call.id, kind=f"stream.{state}", payload=told)
    if f"stream-{state}" in stream.status_events:
        _report(call, stream, state, reason)
    return True


def _report(call: Call, stream: Stream, state: str, reason: str) -> None:
    """Post the event to where the document wanted it, or to the voice URL."""
    url = stream.status_url or labels.with_label(call.voice_url, call.client_request_id)
    if not url:
        return
    event = f"stream-{state}"
    params = {
        "streamSid": str(stream.id),
        "streamEvent": event,
        "streamStatus": event,
        "streamName": stream.name,
        "callSessionState": STATES[state],
        "CallSessionState": STATES[state],
    }
    if reason:
        params["streamReason"] = reason
    ticket = f"{stream.ticket}-{state}"
    fetch = Fetch.objects.create(call=call, ticket=ticket, url=url, purpose=STATUS, params=params)
    enqueue("telephony.fetch", fetch.id)


# The frame is the JSON that the customer's server reads first.
def _first_frame(call: Call, stream: Stream, effect: effects.Stream) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "event": "start",
        "streamSid": str(stream.id),
        "sessionId": call.session_id,
        "callId": str(call.id),
        "callerNumber": call.from_e164,
        "destinationNumber": call.to_e164,
        "from": call.from_e164,
        "to": call.to_e164,
        "direction": call.direction,
        "name": effect.name,
        "track": effect.track,
        "mediaFormat": {
            "encoding": "audio/l16",
            "channels": 1,
            "sampleRate": effect.listen_hertz,
            "bidirectionalSampleRate": effect.speak_hertz,
        },
        "headers": json.loads(effect.header_metadata or "{}"),
    }
    if effect.open_metadata:
        frame["openMetadata"] = effect.open_metadata
    if label := labels.echoed(call.client_request_id):
        frame["clientRequestId"] = label
    return frame
