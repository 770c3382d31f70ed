"""What webhooks tell about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kernel.events import event


@event(
    "webhook.test",
    doc="Sent by the console or `POST /v1/webhooks/{id}/test`, to one endpoint only.",
)
@dataclass(frozen=True, slots=True)
class WebhookTest:
    webhook_id: UUID
    message: str
