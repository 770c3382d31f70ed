"""The webhooks section of the OpenAPI document, made from the catalogue of events."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from inspect import cleandoc
from typing import Any
from uuid import UUID

from docs.naming import lift
from kernel import shapes
from kernel.events import Declared, catalogue
from kernel.shapes import Shape

SHAPES: dict[object, Shape] = {
    str: shapes.TEXT,
    int: {"type": "integer"},
    bool: shapes.FLAG,
    UUID: shapes.UUID,
    datetime: shapes.TIME,
}
SAMPLE_ID = "01900000-0000-7000-8000-000000000001"
SAMPLE_TIME = "2026-11-22T09:00:00.000Z"
LIKELY: dict[str, Any] = {
    "direction": "outbound",
    "from": "+254200000000",
    "to": "+254712345678",
    "status": "completed",
    "call_status": "completed",
    "pbx_call_id": "HD_24d73b4518bc",
    "duration_seconds": 47,
    "cost_minor": 235,
    "currency": "KES",
    "hangup_cause": "normal_clearing",
    "failure_reason": "no_answer",
    "failure_code": None,
    "clientRequestId": "order-1842",
}
HEADERS = {
    "X-Sautikit-Signature": "`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over body + '.' + t.",
    "X-Sautikit-Event-Id": "The id of the event; the same in every attempt.",
    "X-Sautikit-Event-Kind": "The name of the event.",
    "X-Sautikit-Idempotency-Key": "The id of the delivery; the same in every attempt.",
    "webhook-id": "Standard Webhooks: the id of the event.",
    "webhook-timestamp": "Standard Webhooks: when this attempt was signed.",
    "webhook-signature": "Standard Webhooks: `v1,<base64>`, one for each secret in force.",
}


def section(register: Callable[[str, Shape], None]) -> dict[str, Any]:
    """Return the path items of all events by name."""
    return {name: {"post": _operation(event, register)} for name, event in catalogue().items()}


def payload_shape(event: Declared) -> Shape:
    """Return the shape of an event's `data`."""
    hints = typing.get_type_hints(event.payload)
    declared: list[Any] = list(fields(event.payload))
    return shapes.record(
        f"{title(event)}Data",
        {field.name.rstrip("_"): _shape(hints[field.name]) for field in declared},
        optional=[field.name.rstrip("_") for field in declared if field.metadata.get("optional")],
    )


def envelope_shape(event: Declared) -> Shape:
    """Return the shape of the whole body."""
    name = {"type": "string", "const": event.name}
    return shapes.record(
        title(event),
        {
            "event": name,
            "kind": shapes.said(name, "The same as `event`."),
            "event_id": shapes.said(shapes.TEXT, "Deduplicate on it."),
            "workspace_id": shapes.UUID,
            "mode": shapes.words(["live", "test"]),
            "sequence": shapes.said(
                shapes.maybe(shapes.COUNT),
                "Gap-free in a workspace and mode, given before sending.",
            ),
            "call_sequence": shapes.said(shapes.COUNT, "Its place among the events of its call."),
            "occurred_at": shapes.TIME,
            "data": payload_shape(event),
        },
        optional=["call_sequence"],
    )


def sample(event: Declared) -> dict[str, Any]:
    """Return a whole body as it might arrive."""
    body = {
        "event": event.name,
        "kind": event.name,
        "event_id": SAMPLE_ID,
        "workspace_id": SAMPLE_ID,
        "mode": "live",
        "sequence": 42,
        "occurred_at": SAMPLE_TIME,
    }
    if event.name.startswith("call."):
        body["call_sequence"] = 3
    return {**body, "data": event.sample or _made_up(payload_shape(event))}


def title(event: Declared) -> str:
    """Return CallCompletedEvent for call.completed."""
    words = event.name.replace(".", "_").split("_")
    return "".join(word.capitalize() for word in words) + "Event"


def _operation(event: Declared, register: Callable[[str, Shape], None]) -> dict[str, Any]:
    return {
        "operationId": f"webhook.{event.name}",
        "summary": cleandoc(event.doc),
        "tags": ["Webhooks"],
        "parameters": [
            {"name": name, "in": "header", "description": about, "schema": shapes.TEXT}
            for name, about in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": lift(envelope_shape(event), register)}},
        },
        "responses": {
            "2XX": {"description": "Any 2xx within 10 s is success; the body is not read."}
        },
    }


def _made_up(shape: Shape) -> dict[str, Any]:
    """Give every field a likely value, for an event that declares no sample."""
    return {name: _likely(name, it) for name, it in shape["properties"].items()}


# The value is whatever the field holds.
def _likely(name: str, shape: Shape) -> Any:
    if name in LIKELY:
        return LIKELY[name]
    kind = shape["type"][0] if isinstance(shape["type"], list) else shape["type"]
    if shape.get("format") == "uuid":
        return SAMPLE_ID
    if shape.get("format") == "date-time":
        return SAMPLE_TIME
    return {"integer": 1, "boolean": True, "array": [], "object": {}}.get(kind, name)


# A type hint may be any object.
def _shape(hint: Any) -> Shape:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        inner = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        return shapes.maybe(_shape(inner))
    if typing.get_origin(hint) is list:
        return shapes.listing(_shape(typing.get_args(hint)[0]))
    return SHAPES.get(hint, shapes.ANYTHING)
