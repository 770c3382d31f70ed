"""The verbs of webhooks."""

from webhooks.services.claims import claim_first, claim_one
from webhooks.services.deliveries import fan_out, retry_delivery
from webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    disable_endpoint,
    rotate_secret,
    send_test,
)
from webhooks.services.outcomes import record_outcomes
from webhooks.services.replays import replay_events, run_replay
from webhooks.services.retention import forget_events

__all__ = [
    "change_endpoint",
    "claim_first",
    "claim_one",
    "create_endpoint",
    "delete_endpoint",
    "disable_endpoint",
    "fan_out",
    "forget_events",
    "record_outcomes",
    "replay_events",
    "retry_delivery",
    "rotate_secret",
    "run_replay",
    "send_test",
]
