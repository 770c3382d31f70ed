"""What webhooks tell about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import event


@event(
    "webhook.test",
    doc="Sent by the console or `POST /v1/webhooks/{id}/test`, to one endpoint only.",
    sample={
        "webhook_id": "01900000-0000-7000-8000-000000000001",
        "message": "A test event from Sautikit.",
    },
)
@dataclass(frozen=True, slots=True)
class WebhookTest:
    webhook_id: UUID
    message: str


@event(
    "webhook.endpoint_disabled",
    doc="An endpoint only failed for five days; nothing is sent to it until you resume it.",
    sample={
        "webhook_id": "01900000-0000-7000-8000-000000000001",
        "url": "https://your-app.example.com/webhook",
        "failing_since": "2026-11-17T09:00:00.000Z",
        "disabled_at": "2026-11-22T09:00:00.000Z",
    },
)
@dataclass(frozen=True, slots=True)
class WebhookEndpointDisabled:
    webhook_id: UUID
    url: str
    failing_since: datetime
    disabled_at: datetime
