"""The verbs of webhooks."""

from webhooks.services.claims import claim_first, claim_one, give_back
from webhooks.services.deliveries import fan_out, retry_delivery
from webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    disable_endpoint,
    rotate_secret,
    send_test,
)
from webhooks.services.listeners import (
    answer_relayed,
    ask_listener,
    attach_stream,
    beat_listener,
    close_listener,
    detach_stream,
    forget_listeners,
    forget_relayed,
    give_up_relayed,
    open_listener,
    resend_event,
    send_sample,
    take_relayed,
    trigger_event,
    wake_listeners,
)
from webhooks.services.outcomes import record_outcomes
from webhooks.services.replays import replay_events, run_replay
from webhooks.services.retention import forget_events

__all__ = [
    "answer_relayed",
    "ask_listener",
    "attach_stream",
    "beat_listener",
    "change_endpoint",
    "claim_first",
    "claim_one",
    "close_listener",
    "create_endpoint",
    "delete_endpoint",
    "detach_stream",
    "disable_endpoint",
    "fan_out",
    "forget_events",
    "forget_listeners",
    "forget_relayed",
    "give_back",
    "give_up_relayed",
    "open_listener",
    "record_outcomes",
    "replay_events",
    "resend_event",
    "retry_delivery",
    "rotate_secret",
    "run_replay",
    "send_sample",
    "send_test",
    "take_relayed",
    "trigger_event",
    "wake_listeners",
]
