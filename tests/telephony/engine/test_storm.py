"""A short `manage.py faults sip`: the torture messages of RFC 4475 and some damaged packets."""

from sautikit_site.faults import sip
from sautikit_site.faults.rfc4475 import MESSAGES


def test_torture_and_damaged_packets_end_no_call_and_give_strangers_no_answer(capsys):
    assert sip.run(seed=4475, count=1500), capsys.readouterr().out


def test_every_message_of_the_rfc_is_there():
    assert len(MESSAGES) == 49
    assert all(b"\r\n" in each for each in MESSAGES.values())
