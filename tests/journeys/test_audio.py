"""The sound of a call: a tone of the handset at our end, our words at the handset and back."""

import time

import numpy as np
import pytest

from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer
from tests.journeys.audio import RATE, likeness, loudness, purity

SENTENCE = "The water bill of this month is ready."
TONE_HZ, TONE_SECONDS = 1000, 1.5
TALK = {"actions": [{"say": {"text": SENTENCE, "language": "en-KE"}}, {"pause": {"length": 1}}]}


@pytest.fixture(scope="module")
def story(stack):
    with CustomerServer(lambda _post: TALK) as server:
        yield newcomer.ready_to_call(stack.url, server)


def test_a_tone_reaches_the_engine_and_our_words_reach_the_handset(story, spoken, tap, tmp_path):
    wish = {"from": story.number, "to": story.phone}
    call_id = story.api.call("POST", "/v1/calls", wish)["call_id"]
    newcomer.pick_up(story)
    time.sleep(0.3)
    story.press("call", {"action": "tone", "hz": TONE_HZ, "seconds": TONE_SECONDS})
    call = newcomer.final(story, call_id)
    (heard, sent), (ear, mouth) = tap(call), newcomer.heard(story, tmp_path)
    words = spoken(SENTENCE)

    tone = loud(heard)
    assert len(tone) / RATE == pytest.approx(TONE_SECONDS, abs=0.25)
    assert purity(tone, TONE_HZ) > 0.9
    # The handset sings at 9000 of 32768; A-law and the way may not change it by half a decibel.
    assert np.sqrt((tone**2).mean()) == pytest.approx(9000 / 32768 / np.sqrt(2), rel=0.06)
    assert likeness(heard, loud(mouth)[: RATE // 2]) > 0.95

    assert likeness(sent, words) > 0.95
    assert likeness(ear, words) > 0.85
    assert level(ear) == pytest.approx(level(words), rel=0.12)
    assert len(loud(ear)) == pytest.approx(len(loud(words)), rel=0.1)
    assert np.median(loudness(ear)[-5:]) < 0.002, "silence follows the words"


def test_our_words_come_back_from_a_far_end_that_echoes(story, spoken, tap):
    wish = {"from": story.number, "to": "+254711000007"}
    call = newcomer.final(story, story.api.call("POST", "/v1/calls", wish)["call_id"])
    heard, sent = tap(call)
    assert likeness(heard, spoken(SENTENCE)) > 0.8
    delay = (first_loud(heard) - first_loud(sent)) / RATE
    assert 0.02 < delay < 0.6


def first_loud(samples):
    return int(np.flatnonzero(np.abs(samples) > 0.02)[0])


def loud(samples):
    """Return the part from the first to the last loud sample."""
    where = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[where[0] : where[-1] + 1]


def level(samples):
    """Return the loudness of the loud windows only."""
    windows = loudness(samples)
    return float(np.sqrt((windows[windows > 0.02] ** 2).mean()))
