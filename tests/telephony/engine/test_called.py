"""The engine calls SIPp: answers, refusals, media, keys and every way to end."""

import os
import time

import pytest

from tests.telephony.engine.child import loud, tone_share, write_tone


def test_a_prompt_comes_back_from_the_echo_as_a_pure_tone(child, sipp, tmp_path):
    peer = sipp("answer", "-rtp_echo", port=child.trunk_port)
    leg = child.dial()
    assert child.wait("ringing")["sip_code"] == 180
    assert child.wait("answered")["sip_call_id"]
    time.sleep(0.3)
    child.send("play", leg=leg, id="p1", files=[write_tone(tmp_path / "tone.wav")])
    assert child.wait("played")["reason"] == "done"
    time.sleep(0.3)
    child.send("hangup", leg=leg, cause="done")
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["sip_code"], ended["ended_by"], ended["reason"]) == (200, "local", "done")
    assert 1500 < ended["connected_ms"] < 2200
    assert ended["media"]["lost"] == 0
    assert ended["media"]["packets_in"] > 70
    heard, sent = child.tap(leg)
    assert tone_share(loud(sent), 440) > 0.99
    assert tone_share(loud(heard), 440) > 0.95
    assert 7900 < len(loud(heard)) < 8200
    assert abs(heard[:1600]).max() < 50
    assert abs(heard[-800:]).max() < 50


@pytest.mark.parametrize("code", [486, 404, 503, 603])
def test_a_refusal_is_reported_with_its_code(child, sipp, code):
    peer = sipp("refuse", code=code, port=child.trunk_port)
    child.dial()
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["sip_code"], ended["ended_by"]) == (code, "remote")
    assert ended["connected_ms"] == 0
    assert child.kinds() == ["ended"]


def test_an_unanswered_call_is_cancelled_after_the_ring_time(child, sipp):
    peer = sipp("no_answer", port=child.trunk_port)
    child.dial(ring_timeout_s=1)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["sip_code"]) == ("ring_timeout", 487)
    assert ended["connected_ms"] == 0
    assert 0.95 < ended["at"] - child.wait("ringing")["at"] < 1.3


def test_hanging_up_while_it_rings_cancels(child, sipp):
    peer = sipp("no_answer", port=child.trunk_port)
    leg = child.dial()
    child.wait("ringing")
    child.send("hangup", leg=leg, cause="caller left")
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["connected_ms"]) == ("local", 0)


def test_a_callee_that_hangs_up_early_leaves_the_right_time(child, sipp):
    peer = sipp("early_bye", port=child.trunk_port)
    child.dial()
    ended = child.wait("ended")
    assert peer.done() == 0
    assert child.kinds() == ["answered", "ended"]
    assert (ended["ended_by"], ended["sip_code"]) == ("remote", 200)
    assert 280 <= ended["connected_ms"] < 450


def test_the_trunks_challenge_is_met_with_its_password(child, sipp):
    peer = sipp("challenge", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    child.send("hangup", leg=leg, cause="done")
    assert peer.done() == 0


def test_a_refused_password_ends_with_401(child, sipp):
    peer = sipp("challenge_again", port=child.trunk_port)
    child.dial()
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["sip_code"], ended["ended_by"]) == (401, "remote")


def test_early_media_is_reported_and_recorded(child, sipp):
    peer = sipp("early_media", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")
    assert peer.done() == 0
    assert child.kinds() == ["ringing", "early_media", "answered", "ended"]
    assert child.wait("early_media")["sip_code"] == 183


def test_hold_and_resume_are_answered_and_media_stops_in_between(child, sipp):
    peer = sipp("reinvite", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    time.sleep(1.4)
    child.send("hangup", leg=leg, cause="done")
    ended = child.wait("ended")
    assert peer.done() == 0
    silent_packets = ended["connected_ms"] / 20 - ended["media"]["packets_out"]
    assert 15 < silent_packets < 40


@pytest.mark.skipif(os.geteuid() != 0, reason="SIPp replays captures through a raw socket")
def test_keys_arrive_as_rfc4733_events(child, sipp):
    peer = sipp("digits_rtp", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    child.send("gather", leg=leg, id="g1", files=[], num_digits=0, timeout_s=5, finish_on_key="#")
    gathered = child.wait("gathered")
    child.send("hangup", leg=leg, cause="done")
    assert peer.done() == 0
    digits = [event for event in child.events if event["kind"] == "digit"]
    assert [(event["digit"], event["source"]) for event in digits] == [
        ("5", "rfc4733"),
        ("#", "rfc4733"),
    ]
    assert all(40 <= event["duration_ms"] < 2000 for event in digits)
    assert (gathered["digits"], gathered["reason"]) == ("5", "key")


def test_keys_arrive_as_info_in_both_forms(child, sipp):
    peer = sipp("digits_info", port=child.trunk_port)
    leg = child.dial()
    child.wait("digit", after=1)
    child.send("hangup", leg=leg, cause="done")
    assert peer.done() == 0
    digits = [event for event in child.events if event["kind"] == "digit"]
    assert [(each["digit"], each["source"], each["duration_ms"]) for each in digits] == [
        ("1", "info", 160),
        ("*", "info", 0),
    ]


def test_a_key_stops_the_prompt_and_fills_the_gather(child, sipp, tmp_path):
    sipp("digits_info", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    prompt = write_tone(tmp_path / "long.wav", seconds=30)
    child.send(
        "gather", leg=leg, id="g1", files=[prompt], num_digits=1, timeout_s=9, finish_on_key=""
    )
    gathered = child.wait("gathered", timeout=3)
    assert gathered["id"] == "g1"
    assert (gathered["digits"], gathered["reason"]) in [("1", "full"), ("*", "full")]
    assert "played" not in child.kinds()


def test_keys_pressed_before_a_gather_count_in_it_and_the_rest_in_the_next(child, sipp):
    sipp("digits_info", port=child.trunk_port)
    leg = child.dial()
    child.wait("digit", after=1)
    for name in ("g1", "g2"):
        child.send(
            "gather", leg=leg, id=name, files=[], num_digits=1, timeout_s=9, finish_on_key=""
        )
    child.wait("gathered", after=1, timeout=3)
    gathered = [event for event in child.events if event["kind"] == "gathered"]
    assert [(each["id"], each["digits"]) for each in gathered] == [("g1", "1"), ("g2", "*")]


def test_a_gather_times_out_after_its_prompt(child, sipp, tmp_path):
    sipp("answer", port=child.trunk_port)
    leg = child.dial()
    started = child.wait("answered")["at"]
    prompt = write_tone(tmp_path / "short.wav", seconds=0.5)
    child.send(
        "gather", leg=leg, id="g1", files=[prompt], num_digits=4, timeout_s=0.5, finish_on_key="#"
    )
    gathered = child.wait("gathered")
    assert (gathered["digits"], gathered["reason"]) == ("", "timeout")
    assert 0.98 < gathered["at"] - started < 1.4


def test_stop_and_replace_end_what_plays(child, sipp, tmp_path):
    sipp("answer", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    tone = write_tone(tmp_path / "tone.wav", seconds=5)
    child.send("play", leg=leg, id="a", files=[tone])
    time.sleep(0.2)
    child.send("play", leg=leg, id="b", silence_ms=200)
    assert child.wait("played")["id"] == "a"
    done = child.wait("played", after=1)
    assert (done["id"], done["reason"]) == ("b", "done")
    child.send("gather", leg=leg, id="g", files=[tone], num_digits=1, timeout_s=3, finish_on_key="")
    time.sleep(0.1)
    child.send("stop", leg=leg)
    assert child.wait("gathered")["reason"] == "stopped"


def test_a_missing_file_is_skipped(child, sipp):
    sipp("answer", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    child.send("play", leg=leg, id="a", files=["/nowhere.wav"])
    assert child.wait("played")["reason"] == "done"
    assert "/nowhere.wav" in child.stderr()


def test_an_unknown_trunk_or_a_strange_number_ends_the_leg(child):
    lost, strange = child.dial(trunk="nobody"), child.dial(to="x@y;z")
    assert child.wait("ended", leg=lost)["ended_by"] == "engine"
    assert child.wait("ended", leg=strange)["reason"] == "not a number"


def test_the_same_leg_is_dialled_once(child, sipp):
    sipp("refuse", code=486, port=child.trunk_port)
    leg = child.dial()
    child.wait("ended")
    child.dial(leg)
    time.sleep(0.3)
    assert child.kinds() == ["ended"]


def test_an_answer_that_crosses_the_cancel_gets_a_bye(child, sipp):
    peer = sipp("answer_late", port=child.trunk_port)
    child.dial(ring_timeout_s=0.5)
    assert child.wait("ended")["ended_by"] == "ring_timeout"
    assert peer.done() == 0
