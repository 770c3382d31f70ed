"""What callers hear: say, play and pause."""

from __future__ import annotations

from sautikit_site.conformance.case import Case, bad, both
from sautikit_site.conformance.customer import Answer

_LONG_TEXT = "Asante. " * 40

CASES: list[Case] = [
    *both(
        "say speaks English by default",
        [{"say": {"text": "Welcome to the shop. Please hold the line."}}],
        "<Say>Welcome to the shop. Please hold the line.</Say>",
        hears="voice 1.2-5",
        is_quick=True,
    ),
    *both(
        "say speaks Swahili in a man's voice",
        [
            {
                "say": {
                    "text": "Karibu sana. Tafadhali subiri kidogo.",
                    "language": "sw-KE",
                    "voice": "man",
                }
            }
        ],
        '<Say language="sw-KE" voice="man">Karibu sana. Tafadhali subiri kidogo.</Say>',
        hears="voice 1-6",
    ),
    *both(
        "say is looped",
        [{"say": {"text": "One moment please.", "loop": 3}}, {"play": {"url": "tone/500/0.5.wav"}}],
        '<Say loop="3">One moment please.</Say><Play>tone/500/0.5.wav</Play>',
        hears="voice 2.2-8, 500 0.5",
    ),
    *both(
        "loop 0 is once",
        [{"play": {"url": "tone/500/0.6.wav", "loop": 0}}],
        '<Play loop="0">tone/500/0.6.wav</Play>',
        hears="500 0.6",
    ),
    Case(
        name="loop 0 in a TwiML document is fifty times (XML)",
        pages={
            "voice": '<Response><Play loop="0">tone/500/0.3.wav</Play><Pause length="1"/></Response>'
        },
        hears="500 15.0",
    ),
    *both(
        "play plays a file",
        [{"play": {"url": "tone/450/1.0.wav"}}],
        "<Play>tone/450/1.0.wav</Play>",
        hears="450 1.0",
        is_quick=True,
        lasts=(1, 20),
        cause="normal_clearing",
    ),
    *both(
        "play loops a file",
        [{"play": {"url": "tone/450/0.4.wav", "loop": 4}}],
        '<Play loop="4">tone/450/0.4.wav</Play>',
        hears="450 1.6",
    ),
    *both(
        "play takes a stereo file of 16 kHz",
        [{"play": {"url": "tone/700/0.8/16000x2.wav"}}],
        "<Play>tone/700/0.8/16000x2.wav</Play>",
        hears="700 0.8",
    ),
    *both(
        "play takes a full address",
        [{"play": {"url": "@customer@/tone/800/0.5.wav"}}],
        "<Play>@customer@/tone/800/0.5.wav</Play>",
        hears="800 0.5",
    ),
    *both(
        "play plays an uploaded file",
        [{"play": {"url": "@upload@"}}],
        "<Play>@upload@</Play>",
        hears="650 0.8",
    ),
    *both(
        "play skips a file on a host that is not allowed",
        [{"play": {"url": "@elsewhere@/tone/450/0.6.wav"}}, {"play": {"url": "tone/900/0.4.wav"}}],
        "<Play>@elsewhere@/tone/450/0.6.wav</Play><Play>tone/900/0.4.wav</Play>",
        hears="900 0.4",
        never_hears="450",
    ),
    *both(
        "pause is silence of its length",
        [
            {"play": {"url": "tone/450/0.4.wav"}},
            {"pause": {"length": 2}},
            {"play": {"url": "tone/900/0.4.wav"}},
        ],
        '<Play>tone/450/0.4.wav</Play><Pause length="2"/><Play>tone/900/0.4.wav</Play>',
        hears="450 0.4, quiet 1.9-12, 900 0.4",
        is_quick=True,
    ),
    *both(
        "actions are heard in order",
        [{"play": {"url": f"tone/{hertz}/0.4.wav"}} for hertz in (400, 600, 1000, 1500)],
        "".join(f"<Play>tone/{hertz}/0.4.wav</Play>" for hertz in (400, 600, 1000, 1500)),
        hears="400 0.4, 600 0.4, 1000 0.4, 1500 0.4",
    ),
    *both(
        "fifty actions are as many as may be",
        [{"play": {"url": f"tone/{hertz}/0.2.wav"}} for hertz in (500, 900) * 25],
        "".join(f"<Play>tone/{hertz}/0.2.wav</Play>" for hertz in (500, 900) * 25),
        hears=", ".join(["500 0.2", "900 0.2"] * 25),
    ),
    Case(
        name="a file that is not there is left out and the rest goes on",
        pages={"voice": [{"play": {"url": "gone.wav"}}, {"play": {"url": "tone/450/0.5.wav"}}]},
        hears="450 0.5",
    ),
    Case(
        name="a file that is no sound is left out and the rest goes on",
        pages={
            "voice": [{"play": {"url": "notes.wav"}}, {"play": {"url": "tone/450/0.5.wav"}}],
            "notes.wav": Answer(b"these are no samples", kind="audio/wav"),
        },
        hears="450 0.5",
    ),
    Case(
        name="a long text is spoken to its end",
        pages={"voice": [{"say": {"text": _LONG_TEXT}}]},
        hears="voice 15-90, ...",
        lasts=(15, 120),
        seconds_max=120,
    ),
    Case(
        name="who hangs up in the middle of a file is charged to then",
        pages={"voice": [{"play": {"url": "tone/450/20.wav"}}]},
        phone="leave-later",
        hears="450 0.4-4.7",
        lasts=(4, 6),
    ),
    *both(
        "an empty document hangs up",
        [],
        "",
        hears="",
        lasts=(0, 20),
        is_quick=True,
    ),
    *both(
        "hangup ends the call at once",
        [
            {"play": {"url": "tone/450/0.4.wav"}},
            {"hangup": {}},
            {"play": {"url": "tone/900/0.4.wav"}},
        ],
        "<Play>tone/450/0.4.wav</Play><Hangup/><Play>tone/900/0.4.wav</Play>",
        hears="450 0.4",
    ),
    Case(
        name="what is not understood of XML is skipped (XML)",
        pages={
            "voice": '<Response><Sing>la</Sing><Play shout="yes">tone/450/0.5.wav</Play></Response>'
        },
        hears="450 0.5",
    ),
    Case(
        name="XML of another encoding is read by its declaration (XML)",
        pages={
            "voice": Answer(
                '<?xml version="1.0" encoding="UTF-16"?><Response><Play>tone/450/0.5.wav</Play></Response>'.encode(
                    "utf-16"
                ),
                kind="text/xml",
            )
        },
        hears="450 0.5",
    ),
    bad("say without text", [{"say": {}}], "actions[0].say", is_quick=True),
    bad(
        "say with an empty text (XML)",
        "<Response><Say> </Say></Response>",
        "line 1, column 11 <Say>",
    ),
    bad("say of a number", [{"say": {"text": 5}}], "actions[0].say.text"),
    bad(
        "say in no language",
        [{"say": {"text": "Hi", "language": "English, please"}}],
        "actions[0].say.language",
    ),
    bad(
        "say in an unknown voice",
        [{"say": {"text": "Hi", "voice": "robot"}}],
        "actions[0].say.voice",
    ),
    bad(
        "say looped too often (XML)",
        '<Response><Say loop="51">Hi</Say></Response>',
        "line 1, column 11 <Say>",
    ),
    bad("play without an address", [{"play": {"loop": 2}}], "actions[0].play"),
    bad(
        "play of another scheme (XML)",
        "<Response><Play>ftp://x/y.wav</Play></Response>",
        "line 1, column 11 <Play>",
    ),
    bad("pause of no seconds", [{"pause": {"length": 0}}], "actions[0].pause.length"),
    bad(
        "pause of half a second (XML)",
        '<Response><Pause length="0.5"/></Response>',
        "line 1, column 11 <Pause>",
    ),
    bad("two verbs in one action", [{"hangup": {}, "say": {"text": "Hi"}}], "actions[0]"),
    bad("a verb that is none", [{"hangup": {}}, {"sing": {}}], "actions[1]"),
    bad("fifty-one actions", [{"hangup": {}}] * 51, "actions"),
    bad("hangup with a reason", [{"hangup": {"reason": "bored"}}], "actions[0].hangup"),
    bad("actions that are no list", {"actions": {"say": {"text": "Hi"}}}, "actions", is_quick=True),
    bad(
        "a page of HTML (XML)",
        Answer(b"<html><body>Hello</body></html>", kind="text/html"),
        "line 1, column 1 <html>",
    ),
    bad(
        "XML that is not closed (XML)",
        "<Response><Say>Hi</Response>",
        "line 1, column 18",
        is_quick=True,
    ),
    bad("words", Answer(b"hello"), "line 1, column 1"),
    bad("nothing at all", Answer(b""), "document"),
]
