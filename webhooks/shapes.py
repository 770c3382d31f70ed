"""What the replies of webhooks look like."""

from kernel.shapes import (
    ANYTHING,
    COUNT,
    FLAG,
    PAGE_PARAMS,
    TEXT,
    TIME,
    UUID,
    extended,
    listing,
    maybe,
    page_of,
    record,
    said,
    words,
)
from webhooks.states import DELIVERY as DELIVERY_LIFE
from webhooks.states import ENDPOINT as ENDPOINT_LIFE

ENDPOINT = record(
    "WebhookEndpoint",
    {
        "id": UUID,
        "url": TEXT,
        "events": said(listing(TEXT), "Names, families such as `call.*`, or `*`."),
        "description": TEXT,
        "ordered": said(FLAG, "One delivery at a time, the events of a call in their order."),
        "status": words(ENDPOINT_LIFE.states),
        "failing_since": said(maybe(TIME), "Since when nothing arrived; null while it works."),
        "mode": words(["live", "test"]),
        "created_at": TIME,
    },
)
ENDPOINTS = page_of(ENDPOINT)
WITH_SECRET = extended(
    "WebhookEndpointWithSecret",
    ENDPOINT,
    {"secret": said(maybe(TEXT), "Shown once: a replay has null here.")},
)
SENT = record("TestSent", {"event_id": UUID})
DELIVERY = record(
    "Delivery",
    {
        "id": UUID,
        "event_id": TEXT,
        "event": said(TEXT, "The name, such as `call.completed`."),
        "sequence": maybe(COUNT),
        "status": words(DELIVERY_LIFE.states),
        "attempts": COUNT,
        "last_error": maybe(TEXT),
        "next_attempt_at": maybe(TIME),
        "delivered_at": maybe(TIME),
        "created_at": TIME,
    },
)
DELIVERIES = page_of(DELIVERY)
DELIVERIES_PARAMS = {
    "status": said(words(DELIVERY_LIFE.states), "Only deliveries in this state."),
    **PAGE_PARAMS,
}
ATTEMPT = record(
    "Attempt",
    {
        "number": COUNT,
        "response_status": maybe(COUNT),
        "error": maybe(TEXT),
        "duration_ms": maybe(COUNT),
        "timings": said(
            ANYTHING,
            "Milliseconds by step: `dns_ms`, `connect_ms`, `tls_ms`, `first_byte_ms`; a step that "
            "was not taken is absent, as on a kept connection.",
        ),
        "address": said(maybe(TEXT), "The address that was connected to."),
        "request_headers": maybe(ANYTHING),
        "response_headers": maybe(ANYTHING),
        "response_body": TEXT,
        "created_at": TIME,
    },
)
DELIVERY_WITH_TRIES = extended("DeliveryWithAttempts", DELIVERY, {"tries": listing(ATTEMPT)})
EVENT = record(
    "Event",
    {
        "event": said(TEXT, "The name, such as `call.completed`."),
        "kind": said(TEXT, "The same as `event`."),
        "event_id": UUID,
        "workspace_id": UUID,
        "mode": words(["live", "test"]),
        "sequence": said(COUNT, "Gap-free in a workspace and mode."),
        "call_sequence": said(COUNT, "Its place among the events of its call."),
        "occurred_at": TIME,
        "data": ANYTHING,
    },
    doc="The body exactly as it is delivered to endpoints.",
    optional=["call_sequence"],
)
EVENTS = page_of(EVENT)
EVENTS_PARAMS = {
    "after": said(COUNT, "The sequence to go on from: `next_cursor`, or the last one you have."),
    "kind": said(TEXT, "A name (`call.completed`) or a family (`call.*`)."),
    "limit": PAGE_PARAMS["limit"],
}
REPLAY = record(
    "Replay",
    {"id": UUID, "webhook_id": UUID, "from": TIME, "to": TIME, "created_at": TIME},
)
LISTENER = record(
    "Listener",
    {
        "id": UUID,
        "label": said(TEXT, "What the laptop calls itself."),
        "events": listing(TEXT),
        "voice_url": said(maybe(TEXT), "Where it has voice documents from; null when it has none."),
        "mode": words(["live", "test"]),
        "lease_until": said(
            TIME, "Until when calls wait for it, unless it says again it is there."
        ),
        "created_at": TIME,
    },
    doc="A `sautikit listen` on somebody's laptop.",
)
LISTENERS = record("Listeners", {"data": listing(LISTENER)})
OPENED_LISTENER = extended(
    "OpenedListener",
    LISTENER,
    {
        "secret": said(maybe(TEXT), "Signs what is relayed; the same for every listener of a key."),
        "stream_url": said(
            maybe(TEXT), "Server-Sent Events: `event` and `voice`, one each request."
        ),
        "beat_seconds": said(COUNT, "How often to POST to `beat`."),
    },
)
TRIGGERED = record("Triggered", {"event_id": UUID})
