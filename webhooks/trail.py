"""What people do to webhook endpoints."""

from kernel import audit

audit.declare(
    {
        "webhook.created": "An endpoint was added.",
        "webhook.changed": "An endpoint was changed.",
        "webhook.disabled": "An endpoint was disabled.",
        "webhook.secret_rotated": "An endpoint's secret was replaced.",
        "webhook.delivery_retried": "An operator sent a delivery again.",
        "webhook.deleted": "An endpoint was removed.",
    }
)
