"""The sound of a call: a tone of the handset at our end, our words at the handset and back."""

import numpy as np
import pytest

from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer
from tests.journeys.audio import RATE, likeness, loudness, purity

SENTENCE = "The water bill of this month is ready."
TONE_HZ, TONE_SECONDS = 1000, 1.5
SAY = {"say": {"text": SENTENCE, "language": "en-KE"}}


def test_a_tone_of_the_handset_arrives_whole_at_the_engine(stack, tap, tmp_path):
    document = {"actions": [{"pause": {"length": 4}}]}
    with CustomerServer(lambda _post: document) as server:
        story = newcomer.ready_to_call(stack.url, server)
        call_id = place(story, server, story.phone)
        newcomer.pick_up(story)
        wait_for("the document", lambda: server.received("/talk") or None, seconds=20)
        sing = {"action": "tone", "hz": TONE_HZ, "seconds": TONE_SECONDS}
        story.press("call", sing)
        newcomer.final(story, call_id)
    heard, sent = tap()
    tone = loud(heard)
    assert len(tone) / RATE == pytest.approx(TONE_SECONDS, abs=0.25)
    assert purity(tone, TONE_HZ) > 0.9
    # The handset sings at 9000 of 32768; A-law and the way may not change it by half a decibel.
    assert np.sqrt((tone**2).mean()) == pytest.approx(9000 / 32768 / np.sqrt(2), rel=0.06)
    assert np.abs(sent).max() < 0.01, "we are silent while we pause"
    said = newcomer.heard(story, tmp_path)[1]
    assert likeness(heard, loud(said)[: RATE // 2]) > 0.95


def test_our_words_arrive_at_the_handset_as_loud_as_they_were_spoken(stack, spoken, tap, tmp_path):
    with CustomerServer(lambda _post: {"actions": [SAY, {"pause": {"length": 1}}]}) as server:
        story = newcomer.ready_to_call(stack.url, server)
        call_id = place(story, server, story.phone)
        newcomer.pick_up(story)
        newcomer.final(story, call_id)
    heard, _said = newcomer.heard(story, tmp_path)
    _heard, sent = tap()
    words = spoken(SENTENCE)
    assert likeness(heard, words) > 0.85
    assert likeness(sent, words) > 0.95
    assert level(heard) == pytest.approx(level(words), rel=0.12)
    assert len(loud(heard)) == pytest.approx(len(loud(words)), rel=0.1)
    assert np.median(loudness(heard)[-5:]) < 0.002, "silence follows the words"


def test_our_words_come_back_from_a_far_end_that_echoes(stack, spoken, tap):
    with CustomerServer(lambda _post: {"actions": [SAY, {"pause": {"length": 1}}]}) as server:
        story = newcomer.ready_to_call(stack.url, server)
        newcomer.final(story, place(story, server, "+254711000007"))
    heard, sent = tap()
    assert likeness(heard, spoken(SENTENCE)) > 0.8
    delay = (first_loud(heard) - first_loud(sent)) / RATE
    assert 0.02 < delay < 0.6


def place(story, server, to):
    wish = {"from": story.number, "to": to, "voice_callback_url": f"{server.url}/talk"}
    return story.api.call("POST", "/v1/calls", wish)["call_id"]


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
