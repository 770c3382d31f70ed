"""What SIPp and the engine do with each other, again with an Asterisk between them."""

from tests.telephony.engine.test_called import *  # noqa: F403
from tests.telephony.engine.test_caller import *  # noqa: F403

# What is not the same, as docs/asterisk.md says.
DIFFERENT = (
    # The far end's hold is between it and Asterisk; our sound goes on to Asterisk.
    "test_hold_and_resume_are_answered_and_media_stops_in_between",
    # Asterisk tells that a key was pressed, not how it came.
    "test_keys_arrive_as_info_in_both_forms",
)
for name in DIFFERENT:
    del globals()[name]
