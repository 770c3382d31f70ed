"""A short `manage.py faults sip`: the torture messages of RFC 4475 and some damaged packets."""

import re

from sautikit_site.faults import sip
from sautikit_site.faults.rfc4475 import MESSAGES


def test_torture_and_damaged_packets_end_no_call_and_give_strangers_no_answer(capsys):
    assert sip.run(seed=4475, count=1500), capsys.readouterr().out


def test_every_message_of_the_rfc_is_there():
    assert len(MESSAGES) == 49
    assert all(b"\r\n" in each for each in MESSAGES.values())


def test_a_message_is_as_long_as_it_says_unless_that_is_what_it_is_about():
    # Two of these say something false, one says two things, one is followed by another request.
    liars = {"clerr", "ncl", "mcl01", "dblreq"}
    told = {}
    for name, message in MESSAGES.items():
        head, _, body = message.partition(b"\r\n\r\n")
        found = re.findall(rb"(?im)^(?:content-length|l)\s*:\s*(-?\d+)", head)
        told[name] = not found or {int(each) for each in found} == {len(body)}
    assert {name for name, is_true in told.items() if not is_true} == liars
    assert b"\x30\x82\x01\x52\x06\x09\x2a\x86\x48" in MESSAGES["mpart01"]
