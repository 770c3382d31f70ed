"""The verbs of calls: the only writers of its tables."""

from calls.services.placing import place_call, receive_call
from calls.services.progress import (
    assign_engine,
    record_answered,
    record_ended,
    record_failure,
    record_ringing,
)
from calls.services.timeline import note
from calls.services.upkeep import extend_due, hang_up, sweep_lost_legs

__all__ = [
    "assign_engine",
    "extend_due",
    "hang_up",
    "note",
    "place_call",
    "receive_call",
    "record_answered",
    "record_ended",
    "record_failure",
    "record_ringing",
    "sweep_lost_legs",
]
