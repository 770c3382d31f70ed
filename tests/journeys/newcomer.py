"""A newcomer made through the doors of a running platform: signed in, funded, with a number and a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sautikit_site.quickstart.client import Client, wait_for
from sautikit_site.quickstart.handler import CustomerServer
from sautikit_site.quickstart.story import Story
from tests.journeys.audio import channels


def signed_up(url: str, server: CustomerServer) -> Story:
    """Sign up with a fresh address and stop before onboarding."""
    story = Story(Client(url), server, lambda _line: None)
    story.sign_up()
    return story


def ready_to_call(url: str, server: CustomerServer, *, e164: str = "") -> Story:
    """Onboard, top up KES 1,000.00, claim a number (a given one if said) and make a key."""
    story = signed_up(url, server)
    story.onboard()
    story.listen()
    story.top_up()
    story.claim(e164)
    story.make_key()
    return story


def pick_up(story: Story) -> None:
    """Let the newcomer's own phone ring, and answer it."""
    wait_for("the phone to ring", lambda: story.in_call("ringing"), seconds=40)
    story.press("call", {"action": "answer"})
    wait_for("the call to be up", lambda: story.in_call("up"), seconds=40)


def final(story: Story, call_id: str) -> dict[str, Any]:
    """Wait for the end of a call and return it as the API shows it."""

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = story.api.call("GET", f"/v1/calls/{call_id}")["call"]
        return found if found["ended_at"] else None

    return wait_for("the end of the call", ended, seconds=60)


def heard(story: Story, folder: Path) -> list[np.ndarray]:
    """Return what the newcomer's phone heard and said in its last call."""
    last = wait_for("the recording", lambda: story.phone_state()["last_call"], seconds=20)
    path = folder / f"{last}.wav"
    path.write_bytes(story.api.download(f"/sandbox/api/phones/{story.phone}/calls/{last}.wav"))
    return channels(path)
