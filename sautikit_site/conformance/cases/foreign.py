"""What the builders of other platforms write, kept byte for byte, on real calls.

`foreign.json` is what the builders made; tests/telephony/test_foreign_builders.py makes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sautikit_site.conformance.case import Case, Friend

# Africa's Talking's builder takes nothing but https addresses.
_HOME: Final = "https://customer.example/"
_DOCUMENTS: Final[dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text())
_TONE: Final = "<Response><Play>tone/900/0.4.wav</Play></Response>"
_IN_ROOM: Final = {"phone": "leave-late", "does": "hear 1500; say 1000 1.0"}
_GUEST: Final = Friend("leave-late", does="wait 2; say 1500 6", page="guest")


# Facts are those of a Case.
def _case(name: str, **facts: Any) -> Case:
    document = _DOCUMENTS[name].replace(_HOME, "@customer@/")
    pages = {"voice": document, **facts.pop("pages", {})}
    if "guest" in facts.get("friends", {}):
        pages["guest"] = document
    return Case(name=f"{name} (XML)", pages=pages, **facts)


def _built_by(builder: str) -> list[Case]:
    """Return the calls that an application makes with either builder."""
    return [
        _case(
            f"{builder} greets and collects",
            pages={"choice": _TONE},
            does="hear voice; quiet 0.6; press 1",
            asks=("choice Digits=1",),
            hears="voice 0.3-2.5, 900 0.4",
        ),
        _case(
            f"{builder} records",
            pages={"after": _TONE},
            does="hear voice; hear 1000; say 700 1.0; press #",
            asks=("after recordingStatus=key Digits=#",),
            hears="voice 0.4-3, 1000 0.3, 900 0.4",
            recorded=("700 1.0",),
        ),
        _case(
            f"{builder} redirects",
            pages={"after": _TONE},
            asks=("after method=POST",),
            hears="900 0.4",
        ),
        _case(f"{builder} confers", friends={"guest": _GUEST}, asks=("...",), **_IN_ROOM),
    ]


CASES: list[Case] = [
    *_built_by("twilio"),
    *_built_by("africastalking"),
    _case(
        "twilio dials",
        pages={"after": _TONE},
        friends={"friend": Friend("leave-later", does="say 1500 4", hears="1000 1.0")},
        does="hear 1500; say 1000 1.0",
        asks=("after dialCallStatus=completed DialCallStatus=completed recordingUrl~http",),
        hears="~ring, 1500 0.5-4.1, 900 0.4",
    ),
    _case(
        "africastalking dials",
        pages={"voice": (_DOCUMENTS["africastalking dials"], _TONE)},
        friends={"friend": Friend("leave-later", does="say 1500 4", hears="1000 1.0")},
        does="hear 1500; say 1000 1.0",
        asks=("voice dialCallStatus=completed recordingUrl~http",),
        hears="~ring, 1500 0.5-4.1, 900 0.4",
    ),
    _case("twilio rejects", phone="caller-meets-486", hears="", end="busy busy"),
    _case("africastalking rejects", phone="caller-meets-603", hears="", end="failed rejected"),
    _case("twilio plays, waits and hangs up", hears="900 0.8"),
    _case("africastalking plays", hears="900 0.4, voice 0.3-2"),
    _case("twilio queues and takes money", hears="voice 0.3-2"),
    _case("africastalking queues", hears="voice 0.3-2.5"),
]
