"""What SIPp and the engine do with each other, again with an Asterisk between them."""

from tests.telephony.engine.test_called import *  # noqa: F403
from tests.telephony.engine.test_caller import *  # noqa: F403
from tests.telephony.engine.test_wire import _header, peer

__all__ = ["peer"]

# What is not the same, as docs/asterisk.md says.
DIFFERENT = (
    # The far end's hold is between it and Asterisk; our sound goes on to Asterisk.
    "test_hold_and_resume_are_answered_and_media_stops_in_between",
    # Asterisk tells that a key was pressed, not how it came.
    "test_keys_arrive_as_info_in_both_forms",
    # Asterisk answers strangers with 401; a firewall makes it silent.
    "test_options_are_answered_to_a_trunk_and_to_nobody_else",
)
for name in DIFFERENT:
    del globals()[name]


def test_keys_go_out_as_events_of_the_far_end(child, peer):
    leg = child.dial()
    peer.answer()
    child.wait("answered")
    child.send("send_dtmf", leg=leg, digits="4#")
    packets = [_header(peer.audio.recv(2048)) for _ in range(120)]
    pressed = [each["payload"][0] for each in packets if each["type"] == 101]
    assert list(dict.fromkeys(pressed)) == [4, 11]


def test_the_far_end_sees_who_calls(child, peer):
    child.dial(display='Acme "Ltd"')
    invite = peer.recv("INVITE")
    lines = dict(line.split(": ", 1) for line in invite.split("\r\n")[1:] if ": " in line)
    assert lines["From"].startswith('"Acme Ltd" <sip:+254207000001@127.0.0.1>')
    assert invite.startswith("INVITE sip:+254711000001@127.0.0.1:")
