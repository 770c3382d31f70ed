"""Supervisors: listening is silent, a whisper reaches the agent alone, a barge reaches both."""

import time

import numpy as np
import pytest

from tests.telephony.engine.child import free_port, tone_share, write_speech

CALLER, AGENT, SUPERVISOR = TONES = (600, 900, 1500)
MODES = ("listen", "whisper", "barge")


@pytest.fixture
def desk(engine, sipp, tmp_path):
    """A caller, an agent and a supervisor, each with a tone of their own."""
    ports = [free_port() for _ in TONES]
    child = engine(trunk_ports=ports)
    legs = []
    for number, (port, hertz) in enumerate(zip(ports, TONES, strict=True)):
        sipp("speak", port=port, speech=write_speech(tmp_path / f"{hertz}.al", (hertz, 20)))
        legs.append(child.dial(trunk=str(number)))
    for leg in legs:
        child.wait("answered", leg=leg)
    return child, *legs


def supervise_in_turn(child, supervisor, agent):
    for turn, mode in enumerate(MODES):
        child.send("supervise", leg=supervisor, other=agent, id="s1", mode=mode)
        assert child.wait("supervised", after=turn)["mode"] == mode
        time.sleep(1)


def end_all(child, *legs):
    for leg in legs:
        child.send("hangup", leg=leg, cause="done")
        child.wait("ended", leg=leg)


def seconds_of(child, leg, hertz):
    """For how long a far end was sent a tone, in seconds; half of the sound may be another's."""
    _heard, sent = child.tap(leg)
    parts = [sent[at : at + 400] for at in range(0, len(sent) - 400, 400)]
    return sum(tone_share(part, hertz) > 0.2 for part in parts if np.abs(part).max() > 300) / 20


def assert_each_mode_reached_whom_it_should(child, caller, agent, supervisor):
    assert 1.7 < seconds_of(child, agent, SUPERVISOR) < 2.5
    assert 0.7 < seconds_of(child, caller, SUPERVISOR) < 1.5
    assert 2.5 < seconds_of(child, supervisor, CALLER) < 3.6
    assert 2.5 < seconds_of(child, supervisor, AGENT) < 3.6
    for leg, own in ((caller, CALLER), (agent, AGENT), (supervisor, SUPERVISOR)):
        assert seconds_of(child, leg, own) == 0


def test_a_bridge_is_heard_whispered_into_and_barged(desk):
    child, caller, agent, supervisor = desk
    child.send("bridge", leg=caller, other=agent, id="b1", path=None)
    child.wait("bridged")
    supervise_in_turn(child, supervisor, agent)
    child.send("unsupervise", leg=supervisor)
    assert child.wait("unsupervised")["id"] == "s1"
    time.sleep(0.3)
    end_all(child, caller, agent, supervisor)
    assert_each_mode_reached_whom_it_should(child, caller, agent, supervisor)


def test_a_seat_in_a_room_is_supervised_alike_and_its_end_ends_it(desk):
    child, caller, agent, supervisor = desk
    for leg in (caller, agent):
        child.send("room_join", leg=leg, room="r", id=f"seat-{leg}")
        child.wait("room_joined", leg=leg)
    supervise_in_turn(child, supervisor, agent)
    end_all(child, agent)
    assert child.wait("unsupervised")["other"] == agent
    end_all(child, caller, supervisor)
    assert_each_mode_reached_whom_it_should(child, caller, agent, supervisor)


def test_an_agent_has_one_supervisor(desk):
    child, first, agent, second = desk
    child.send("supervise", leg=first, other=agent, id="s1", mode="listen")
    child.wait("supervised")
    child.send("supervise", leg=second, other=agent, id="s2", mode="listen")
    assert child.wait("unsupervised")["id"] == "s2"
    child.send("supervise", leg=second, other="nobody", id="s3", mode="listen")
    assert child.wait("unsupervised", after=1)["id"] == "s3"
