"""What a listener is sent: an event signed like a delivery, or a voice callback as it was made."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
from django.conf import settings

from kernel import events
from kernel.models import Event
from kernel.signing import keyed_hash
from webhooks import sender
from webhooks.models import Listener, Relayed

VOICE = "voice"
Told = dict[str, Any]


def secret_of(api_key_id: UUID) -> str:
    """Return what signs for the listeners of a key: the same at each start, kept nowhere."""
    raw = bytes.fromhex(keyed_hash(settings.PEPPER, "listener", str(api_key_id)))
    return "whsec_" + b64encode(raw).decode()


def of_event(event: Event) -> Told:
    """Return what is kept of an event that waits for a listener: the body, not the signature."""
    return {
        "event_id": str(event.event_id),
        "call_id": event.payload.get("call_id"),
        "body": orjson.dumps(events.envelope(event)).decode(),
    }


def told_event(listener: Listener, event: Event) -> Told:
    """Return an event of the log as the listener posts it, signed now."""
    return _signed(listener, event.kind, of_event(event), uuid5(listener.id, str(event.event_id)))


def told_relayed(listener: Listener, row: Relayed) -> Told:
    """Return a waiting request as the listener posts it."""
    if row.kind == VOICE:
        return {"id": str(row.id), "kind": VOICE, **row.request}
    return _signed(listener, row.kind, row.request, row.id)


def _signed(listener: Listener, kind: str, kept: Told, delivery_id: UUID) -> Told:
    parcel = sender.Parcel(
        delivery_id=delivery_id,
        token=uuid4(),
        lane="",
        endpoint_id=None,
        attempts_made=0,
        url="",
        event_id=kept["event_id"],
        kind=kind,
        body=kept["body"].encode(),
        secrets=[secret_of(listener.api_key_id)],
    )
    return {
        "id": str(delivery_id),
        "kind": kind,
        "event_id": kept["event_id"],
        "call_id": kept["call_id"],
        "method": "POST",
        "headers": sender.headers(parcel),
        "body": kept["body"],
    }
