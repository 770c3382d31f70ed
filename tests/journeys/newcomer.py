"""A newcomer made through the doors of a running platform: signed in, funded, with a number and a key."""

from __future__ import annotations

from sautikit_site.quickstart.client import Client
from sautikit_site.quickstart.handler import CustomerServer
from sautikit_site.quickstart.story import Story


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
