"""Inside trunks: a client's call names its leg, and a process that dies takes its legs with it."""

import uuid

import pytest

from tests.telephony.engine.child import free_port

FROM = ("-key", "from", "+254200000000")


@pytest.fixture
def two_trunks(engine):
    """An engine with a trunk of a carrier and one of our own clients; gives it and their ports."""
    carrier, inside = free_port(), free_port()
    trunks = [
        {"name": "carrier", "host": "127.0.0.1", "port": carrier},
        {"name": "inside", "host": "127.0.0.1", "port": inside, "is_inside": True},
    ]
    return engine(trunks=trunks, inside_silence_seconds=1), carrier, inside


def test_only_a_client_of_ours_names_the_leg_that_it_is(two_trunks, sipp):
    child, carrier, inside = two_trunks
    for port, is_taken in ((inside, True), (carrier, False)):
        leg = str(uuid.uuid4())
        sipp("call_wait", "-s", leg, *FROM, port=port, remote=f"127.0.0.1:{child.port}")
        incoming = child.wait("incoming")
        assert (incoming["leg"] == leg) is is_taken
        child.send("reject", leg=incoming["leg"], code=486)
        child.wait("ended")
        child.events.clear()


def test_a_leg_of_a_client_that_sends_nothing_any_more_ends(two_trunks, sipp):
    child, _carrier, inside = two_trunks
    sipp("answer", port=inside)
    child.trunk = "inside"
    child.dial()
    child.wait("answered")
    ended = child.wait("ended")
    assert (ended["ended_by"], ended["reason"]) == ("remote", "the client fell silent")


def test_a_carrier_may_be_silent(two_trunks, sipp):
    child, carrier, _inside = two_trunks
    peer = sipp("answer", port=carrier)
    child.trunk = "carrier"
    leg = child.dial()
    child.wait("answered")
    with pytest.raises(AssertionError):
        child.wait("ended", timeout=2.5)
    child.send("hangup", leg=leg, cause="done")
    assert child.wait("ended")["reason"] == "done"
    assert peer.done() == 0
