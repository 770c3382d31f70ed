"""What webhooks tell about themselves."""

from __future__ import annotations

from dataclasses import dataclass
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
