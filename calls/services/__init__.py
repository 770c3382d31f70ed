"""The verbs of calls: the only writers of its tables."""

from calls.services.announcing import announces_limits
from calls.services.devices import Device, dial_device, open_client_call
from calls.services.extending import extend_due
from calls.services.locking import lock_call, lock_call_soon, lock_leg, lock_parent
from calls.services.placing import dial_call, place_call, receive_call
from calls.services.progress import (
    assign_engines,
    record_answered,
    record_ended,
    record_failure,
    record_ringing,
)
from calls.services.rates import publish_rate, rate_for
from calls.services.recording_policy import recording_policy, set_recording_policy
from calls.services.recordings import (
    delete_recording,
    erase_recording,
    expire_recordings,
    open_recording,
    record_captured,
    start_recording,
    store_recording,
)
from calls.services.refusing import list_numbers, unlist_number
from calls.services.renditions import has_form
from calls.services.stopping import resume_calls, stop_calls
from calls.services.timeline import announce, note, write
from calls.services.transcripts import posted, want_transcript
from calls.services.upkeep import hang_up, sweep_lost_legs
from calls.services.warning import set_warning, warn_due

__all__ = [
    "Device",
    "announce",
    "announces_limits",
    "assign_engines",
    "delete_recording",
    "dial_call",
    "dial_device",
    "erase_recording",
    "expire_recordings",
    "extend_due",
    "hang_up",
    "has_form",
    "list_numbers",
    "lock_call",
    "lock_call_soon",
    "lock_leg",
    "lock_parent",
    "note",
    "open_client_call",
    "open_recording",
    "place_call",
    "posted",
    "publish_rate",
    "rate_for",
    "receive_call",
    "record_answered",
    "record_captured",
    "record_ended",
    "record_failure",
    "record_ringing",
    "recording_policy",
    "resume_calls",
    "set_recording_policy",
    "set_warning",
    "start_recording",
    "stop_calls",
    "store_recording",
    "sweep_lost_legs",
    "unlist_number",
    "want_transcript",
    "warn_due",
    "write",
]
