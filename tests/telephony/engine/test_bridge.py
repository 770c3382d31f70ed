"""Two calls joined: each hears the other and only the other, until either one leaves."""

import os
import time

import numpy as np
import pytest

from tests.telephony.engine.child import free_port, loud, read_wav, tone_share, write_speech


@pytest.fixture
def pair(engine, sipp, tmp_path):
    """Two answered legs whose far ends say 600 Hz and 900 Hz."""
    ports = [free_port(), free_port()]
    child = engine(trunk_ports=ports)
    legs = []
    for number, (port, hertz) in enumerate(zip(ports, (600, 900), strict=True)):
        speech = write_speech(tmp_path / f"{hertz}.al", (hertz, 12))
        sipp("speak", port=port, speech=speech)
        legs.append(child.dial(trunk=str(number)))
    for leg in legs:
        child.wait("answered", leg=leg)
    return child, *legs


def end(child, leg):
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended", leg=leg)


def test_each_side_hears_the_other_and_not_itself_and_the_file_has_both(pair, tmp_path):
    child, first, second = pair
    child.send("bridge", leg=first, other=second, id="b1", path=str(tmp_path / "b.wav"))
    assert child.wait("bridged")["other"] == second
    time.sleep(1.5)
    end(child, second)
    kinds = [it["kind"] for it in child.events if it["kind"] in ("recorded", "unbridged", "ended")]
    assert kinds == ["recorded", "unbridged", "ended"]
    assert (child.wait("unbridged")["leg"], child.wait("unbridged")["reason"]) == (first, "hangup")
    recorded = child.wait("recorded")
    assert (recorded["leg"], recorded["id"]) == (first, "b1")
    time.sleep(0.4)
    end(child, first)

    for leg, own, others in ((first, 600, 900), (second, 900, 600)):
        _heard, sent = child.tap(leg)
        assert tone_share(loud(sent)[800:-800], others) > 0.97
        assert tone_share(loud(sent)[800:-800], own) < 0.01
        assert 1.2 < len(loud(sent)) / 8000 < 1.7
    left, right = read_wav(tmp_path / "b.wav")
    assert len(left) == recorded["ms"] * 8
    assert tone_share(loud(left)[800:-800], 600) > 0.97
    assert tone_share(loud(right)[800:-800], 900) > 0.97
    _heard, sent = child.tap(first)
    assert np.abs(sent[-1600:]).max() < 50


def test_a_bridge_can_be_opened_again_and_plays_go_before_voices(pair, tmp_path):
    child, first, second = pair
    child.send("bridge", leg=first, other=second, id="b1", path=None)
    child.wait("bridged")
    time.sleep(0.3)
    child.send("unbridge", leg=second)
    assert child.wait("unbridged")["reason"] == "stopped"
    child.send("bridge", leg=second, other=first, id="b2", path=None)
    assert child.wait("bridged", after=1)["leg"] == second
    child.send("play", leg=first, id="ring", tone="ringback")
    time.sleep(0.8)
    child.send("stop", leg=first)
    assert child.wait("played")["id"] == "ring"
    end(child, first)
    end(child, second)
    assert "recorded" not in child.kinds()
    _heard, sent = child.tap(first)
    turns = [tone_share(sent[at : at + 800], 425) for at in range(0, len(sent) - 800, 800)]
    assert sum(share > 0.9 for share in turns) >= 6


def test_a_leg_that_is_gone_or_taken_is_not_bridged(pair):
    child, first, second = pair
    child.send("bridge", leg=first, other="nobody", id="b1", path=None)
    assert child.wait("unbridged")["reason"] == "gone"
    child.send("bridge", leg=first, other=second, id="b2", path=None)
    child.wait("bridged")
    child.send("bridge", leg=second, other=first, id="b3", path=None)
    assert (child.wait("unbridged", after=1)["id"], len(child.events)) == ("b3", len(child.events))
    end(child, first)
    end(child, second)


@pytest.mark.skipif(os.geteuid() != 0, reason="SIPp replays captures through a raw socket")
def test_keys_pass_through_a_bridge_and_do_not_wait_for_a_later_question(engine, sipp):
    ports = [free_port(), free_port()]
    child = engine(trunk_ports=ports)
    sipp("digits_rtp", port=ports[0])
    sipp("answer", "-rtp_echo", port=ports[1])
    second = child.dial(trunk="1")
    child.wait("answered", leg=second)
    first = child.dial(trunk="0")
    child.wait("answered", leg=first)
    child.send("bridge", leg=first, other=second, id="b1", path=None)
    child.wait("bridged")
    child.wait("digit", leg=first, after=1)
    # The far end of the second leg sends back every packet that it gets.
    assert child.wait("digit", leg=second)["digit"] == "5"
    child.send("unbridge", leg=first)
    child.send("gather", leg=first, id="g", files=[], num_digits=1, timeout_s=0.2, finish_on_key="")
    assert child.wait("gathered")["digits"] == ""
