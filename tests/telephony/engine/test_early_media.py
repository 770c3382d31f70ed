"""Who has somebody called hears what they say before they answer, and else that it rings."""

import time

from tests.telephony.engine.child import free_port, loud, tone_share, write_speech

CALL = ("-s", "254207000001", "-key", "from", "254711000001")
RINGING = 425


def end(child, leg):
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended", leg=leg)


def parts(sent):
    """What was loud, in parts of a quarter of a second: the tone that each is, or None."""
    quarters = [sent[at : at + 2000] for at in range(0, len(sent) - 2000, 2000)]
    tones = []
    for quarter in quarters:
        if abs(quarter).max() < 500:
            continue
        found = [hertz for hertz in (RINGING, 1500) if tone_share(quarter, hertz) > 0.9]
        tones += found[:1]
    return tones


def test_a_caller_hears_early_media_in_place_of_the_ringing_and_then_ringing_again(
    engine, sipp, tmp_path
):
    ports = [free_port(), free_port()]
    child = engine(trunk_ports=ports)
    sipp("answer", port=ports[0])
    speech = write_speech(tmp_path / "1500.al", (1500, 3))
    callee = sipp("speak_early", port=ports[1], speech=speech)
    caller = child.dial(trunk="0")
    child.wait("answered", leg=caller)
    child.send("play", leg=caller, id="ring-dial-1", tone="ringback")
    time.sleep(0.6)
    called = child.dial(trunk="1", called_for=caller)
    child.wait("early_media", leg=called)
    assert child.wait("ended", leg=called)["sip_code"] == 486
    time.sleep(1.8)
    end(child, caller)
    assert callee.done() == 0
    assert not [it for it in child.events if it["kind"] == "played" and it["reason"] == "done"]
    _heard, sent = child.tap(caller)
    tones = parts(sent)
    first, last = tones.index(1500), len(tones) - tones[::-1].index(1500)
    assert 4 <= tones.count(1500) <= 7
    assert set(tones[:first]) == set(tones[last:]) == {RINGING}
    assert set(tones[first:last]) == {1500}


def test_a_caller_who_is_not_answered_hears_early_media_too(engine, sipp, tmp_path):
    child = engine()
    speech = write_speech(tmp_path / "1500.al", (1500, 3))
    callee = sipp("speak_early", port=child.trunk_port, speech=speech)
    peer = sipp("call_early", *CALL, remote=f"127.0.0.1:{child.port}")
    caller = child.wait("incoming")["leg"]
    called = child.dial(called_for=caller)
    child.wait("ended", leg=called)
    child.send("answer", leg=caller, paid_until_s=30)
    child.wait("answered", leg=caller)
    end(child, caller)
    assert (callee.done(), peer.done()) == (0, 0)
    _heard, sent = child.tap(caller)
    assert tone_share(loud(sent)[800:-800], 1500) > 0.95
    assert 1.0 < len(loud(sent)) / 8000 < 1.7


def test_nobody_hears_early_media_over_a_prompt_or_of_a_leg_that_is_gone(engine, sipp, tmp_path):
    ports = [free_port(), free_port()]
    child = engine(trunk_ports=ports)
    sipp("answer", port=ports[0])
    speech = write_speech(tmp_path / "1500.al", (1500, 3))
    sipp("speak_early", port=ports[1], speech=speech)
    caller = child.dial(trunk="0")
    child.wait("answered", leg=caller)
    child.send("play", leg=caller, id="play-1", silence_ms=9000)
    called = child.dial(trunk="1", called_for=caller)
    child.wait("ended", leg=called)
    end(child, caller)
    _heard, sent = child.tap(caller)
    assert abs(sent).max() < 50
