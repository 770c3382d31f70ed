"""Recordings of the far end: what is in the file, why it is over, and what a dead engine leaves."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from telephony.engine.capture import PADDING_FRAMES, Capture
from telephony.engine.codec import FRAME
from telephony.engine.recorder import PART, Recorder
from tests.telephony.engine.child import loud, read_wav, tone_share, write_speech

PADDING = PADDING_FRAMES * FRAME


def record(child, leg, path, **changes):
    line = {"id": "r1", "path": str(path), "silence_s": 1, "max_s": 20, "trim": False}
    child.send("record_start", leg=leg, **{**line, "finish_on_key": "#", **changes})


def written(path, seconds=3):
    """A recording has its name a moment after its event."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (samples,) = read_wav(path)
    return samples


def answered(child, sipp, tmp_path, *parts):
    speech = write_speech(tmp_path / "speech.al", *parts)
    sipp("speak", port=child.trunk_port, speech=speech)
    leg = child.dial()
    child.wait("answered")
    return leg


def test_a_recording_ends_with_the_silence_and_holds_what_was_said(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, (0, 0.6), (600, 1.2), (0, 6))
    record(child, leg, tmp_path / "deep" / "r.wav")
    recorded = child.wait("recorded")
    samples = written(tmp_path / "deep" / "r.wav")
    assert (recorded["id"], recorded["reason"], recorded["digits"]) == ("r1", "silence", "")
    assert recorded["path"] == str(tmp_path / "deep" / "r.wav")
    assert recorded["ms"] == len(samples) / 8
    said = loud(samples)
    assert 1.1 < len(said) / 8000 < 1.3
    assert tone_share(said, 600) > 0.98
    after = len(samples) - (np.flatnonzero(np.abs(samples) > 300)[-1] + 1)
    assert 0.9 < after / 8000 < 1.15
    assert np.abs(samples[-4000:]).max() < 100


def test_a_trimmed_recording_begins_and_ends_with_the_voice(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, (0, 0.7), (600, 0.5), (0, 0.5), (900, 0.5), (0, 5))
    record(child, leg, tmp_path / "r.wav", trim=True)
    recorded = child.wait("recorded")
    samples = written(tmp_path / "r.wav")
    assert recorded["reason"] == "silence"
    voiced = np.flatnonzero(np.abs(samples) > 300)
    assert voiced[0] <= PADDING + FRAME
    assert len(samples) - voiced[-1] <= PADDING + 2 * FRAME
    assert 1.4 < (voiced[-1] - voiced[0]) / 8000 < 1.6
    assert tone_share(samples[voiced[0] : voiced[0] + 3600], 600) > 0.95
    assert tone_share(samples[voiced[-1] - 3600 : voiced[-1]], 900) > 0.95


def test_the_longest_time_ends_a_recording(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, (600, 5))
    record(child, leg, tmp_path / "r.wav", max_s=1)
    recorded = child.wait("recorded")
    assert (recorded["reason"], recorded["ms"]) == ("max", 1000)
    assert len(written(tmp_path / "r.wav")) == 8000


def test_the_beep_is_heard_and_is_no_part_of_the_recording(child, sipp, tmp_path):
    peer = sipp("answer", "-rtp_echo", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    record(child, leg, tmp_path / "r.wav", beep=True)
    child.wait("recorded")
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")
    assert peer.done() == 0
    assert "played" not in child.kinds()
    _heard, sent = child.tap(leg)
    assert tone_share(loud(sent), 1000) > 0.98
    assert 0.25 < len(loud(sent)) / 8000 < 0.35
    # The far end sends our own beep back; a line's delay of it may still arrive.
    assert len(loud(written(tmp_path / "r.wav"))) / 8000 < 0.15


@pytest.mark.skipif(os.geteuid() != 0, reason="SIPp replays captures through a raw socket")
def test_a_finish_key_ends_a_recording_and_another_key_does_not(child, sipp, tmp_path):
    sipp("digits_rtp", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    record(child, leg, tmp_path / "r.wav", silence_s=10)
    recorded = child.wait("recorded")
    assert (recorded["reason"], recorded["digits"]) == ("key", "#")
    assert [it["digit"] for it in child.events if it["kind"] == "digit"] == ["5", "#"]
    # The five is no type-ahead for a later question.
    child.send("gather", leg=leg, id="g", files=[], num_digits=1, timeout_s=0.2, finish_on_key="")
    assert child.wait("gathered")["digits"] == ""


def test_a_recording_can_be_stopped_and_replaced(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, (600, 9))
    record(child, leg, tmp_path / "a.wav")
    time.sleep(0.4)
    child.send("record_stop", leg=leg, id="other")
    record(child, leg, tmp_path / "b.wav", id="r2")
    time.sleep(0.3)
    child.send("record_stop", leg=leg, id="r2")
    second = child.wait("recorded", after=1)
    first = child.wait("recorded")
    assert [(it["id"], it["reason"]) for it in (first, second)] == [
        ("r1", "stopped"),
        ("r2", "stopped"),
    ]
    assert 200 <= first["ms"] <= 700
    assert tone_share(loud(written(tmp_path / "a.wav")), 600) > 0.95


def test_a_hang_up_ends_the_recording_before_the_call(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, (600, 9))
    record(child, leg, tmp_path / "r.wav")
    time.sleep(0.7)
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")
    assert child.kinds()[-2:] == ["recorded", "ended"]
    recorded = child.wait("recorded")
    assert recorded["reason"] == "hangup"
    assert 450 < recorded["ms"] < 900
    assert len(written(tmp_path / "r.wav")) == recorded["ms"] * 8


def test_a_killed_engine_leaves_a_readable_part(engine, sipp, tmp_path):
    child = engine()
    leg = answered(child, sipp, tmp_path, (600, 9))
    record(child, leg, tmp_path / "r.wav")
    time.sleep(2.3)
    child.process.kill()
    child.process.wait(5)
    assert not (tmp_path / "r.wav").exists()
    (samples,) = read_wav(Path(f"{tmp_path / 'r.wav'}{PART}"))
    assert len(samples) in (8000, 16000)
    assert tone_share(loud(samples), 600) > 0.95


def test_silence_before_the_first_word_counts_as_silence_and_leaves_a_header(tmp_path):
    recorder = Recorder()
    file = recorder.file(tmp_path / "r.wav", channels=1, whole_only=True)
    capture = Capture("r", file, silence_s=0.5, max_s=10, finish_on_key="", trim=True)
    quiet = np.full(FRAME, 8, np.int16)
    reasons = [capture.hear(quiet) for _ in range(25)]
    assert reasons == [None] * 24 + ["silence"]
    assert capture.press("5") is None
    assert capture.close() == PADDING_FRAMES * 20
    recorder.close()
    assert len(written(tmp_path / "r.wav")) == PADDING
