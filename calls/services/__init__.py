"""The verbs of calls: the only writers of its tables."""

from calls.services.placing import dial_call, place_call, receive_call
from calls.services.progress import (
    assign_engine,
    record_answered,
    record_ended,
    record_failure,
    record_ringing,
)
from calls.services.recordings import (
    delete_recording,
    erase_recording,
    expire_recordings,
    open_recording,
    record_captured,
    start_recording,
    store_recording,
)
from calls.services.timeline import note
from calls.services.upkeep import extend_due, hang_up, sweep_lost_legs

__all__ = [
    "assign_engine",
    "delete_recording",
    "dial_call",
    "erase_recording",
    "expire_recordings",
    "extend_due",
    "hang_up",
    "note",
    "open_recording",
    "place_call",
    "receive_call",
    "record_answered",
    "record_captured",
    "record_ended",
    "record_failure",
    "record_ringing",
    "start_recording",
    "store_recording",
    "sweep_lost_legs",
]
