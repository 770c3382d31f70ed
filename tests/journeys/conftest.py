"""What the journeys share: how a sentence sounds, and what the engine heard and sent."""

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
    """Gives what the engine heard and sent in the one call placed since the test began."""
    folder = stack.var / "taps"
    before = set(folder.glob("*.wav"))

    def read():
        def new():
            return next(iter(set(folder.glob("*.wav")) - before), None)

        return channels(wait_for("the engine's recording", new, seconds=20))

    return read
