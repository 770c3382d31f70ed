"""The whole story of the first-call walkthrough against a running `manage.py up`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.audio import channels, likeness, loudness

GREETING = "Hi from Sautikit. Press 1 for sales, or 2 for support."
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def told(stack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quickstart")
    done = subprocess.run(
        [sys.executable, "manage.py", "quickstart", "--record", str(folder)],
        cwd=ROOT,
        env={
            **stack.env,
            "SAUTIKIT_URL": stack.url,
            "SAUTIKIT_NO_VENV": "1",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, folder


def test_it_ends_with_its_figure_in_under_a_minute(told):
    last = told[0].strip().splitlines()[-1]
    assert last.startswith("quickstart: passed in ")
    assert float(last.split()[-2]) < 60


def test_the_phone_heard_speech_and_silence_in_turn(told):
    heard = loudness(channels(told[1] / "handset.wav")[0])
    speech, silence = heard > 0.02, heard < 0.002
    assert speech.sum() >= 30, "at least three seconds of speech were heard"
    assert silence.sum() >= 3, "there is silence between the prompts"


def test_both_documents_were_spoken_word_by_word(told, spoken):
    heard = channels(told[1] / "handset.wav")[0]
    for sentence in (GREETING, "Connecting you to sales."):
        assert likeness(heard, spoken(sentence)) > 0.8, sentence


def test_the_digit_arrived_as_the_walkthrough_reads_it(told):
    bodies = [p.read_text() for p in told[1].glob("*handle-choice*")]
    assert bodies
    assert all("Digits=1" in body for body in bodies)


def test_call_events_arrived_in_their_order(told):
    events = [json.loads(p.read_text()) for p in sorted(told[1].glob("*webhooks*"))]
    calls = sorted(
        (e["call_sequence"], e["event"]) for e in events if e["event"].startswith("call.")
    )
    assert [name for _, name in calls] == ["call.started", "call.answered", "call.completed"]
