"""The verbs of webhooks."""

from webhooks.services.deliveries import fan_out, retry_delivery
from webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    send_test,
)
from webhooks.services.retention import forget_events

__all__ = [
    "change_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "fan_out",
    "forget_events",
    "retry_delivery",
    "rotate_secret",
    "send_test",
]
