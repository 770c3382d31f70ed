"""What the journeys share: how a sentence sounds, and what the engine heard and sent."""

import time

import pytest

from sautikit_site.quickstart.client import wait_for
from telephony.tts import client
from tests.journeys.audio import channels


@pytest.fixture
def spoken(stack, settings):
    """Gives the sound of an English sentence as the platform speaks it."""
    settings.TTS_SOCKET = stack.env["TTS_SOCKET"]

    def speak(text):
        return channels(client.speak(text=text, language="en-KE", voice="woman").path)[0]

    return speak


@pytest.fixture
def tap(stack):
    """Gives what the engine heard and sent in a call that has ended."""

    def read(call):
        ringing = next(event for event in call["events"] if event["kind"] == "call.ringing")
        path = stack.var / "taps" / f"{ringing['payload']['leg_id']}.wav"
        wait_for("the engine's recording", lambda: is_finished(path) or None, seconds=20)
        return channels(path)

    return read


def is_finished(path):
    """Say whether nobody has written to a file for a while."""
    return path.exists() and time.time() - path.stat().st_mtime > 0.5
