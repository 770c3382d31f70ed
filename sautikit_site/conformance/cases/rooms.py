"""Callers who meet in a room. `guest` is a second call of the same case with a page of its own."""

from __future__ import annotations

from sautikit_site.conformance.case import Case, Friend, bad, both

_AFTER = {"play": {"url": "tone/900/0.4.wav"}}

CASES: list[Case] = [
    *both(
        "two in a room hear each other",
        [{"conference": {"name": "hall-@number@"}}],
        "<Conference>hall-@number@</Conference>",
        pages={"guest": [{"conference": {"name": "hall-@number@"}}]},
        phone="leave-late",
        friends={"guest": Friend("leave-late", does="hear 1000; say 1500 1.0", page="guest")},
        does="wait 3; say 1000 5",
        asks=("...",),
        is_quick=True,
    ),
    Case(
        name="who is muted is not heard and hears",
        pages={
            "voice": [{"conference": {"name": "quiet-@number@"}}],
            "guest": [{"conference": {"name": "quiet-@number@", "muted": True}}],
        },
        phone="leave-late",
        friends={"guest": Friend("leave-late", does="say 1500 8; hear 1000", page="guest")},
        does="wait 4; say 1000 5",
        asks=("...",),
        never_hears="1500",
    ),
    Case(
        name="a room ends for all with the one whose exit ends it",
        pages={
            "voice": [{"conference": {"name": "end-@number@", "endOnExit": True}}],
            "guest": [{"conference": {"name": "end-@number@"}}, _AFTER],
        },
        phone="leave-late",
        friends={"guest": Friend("stay", does="hear 900", page="guest")},
        asks=("...",),
        seconds_max=55,
    ),
    Case(
        name="waitUrl is heard until the room starts",
        pages={
            "voice": [
                {
                    "conference": {
                        "name": "wait-@number@",
                        "startOnEnter": False,
                        "waitUrl": "tone/650/2.wav",
                    }
                }
            ]
        },
        phone="leave-later",
        does="hear 650",
        asks=("...",),
    ),
    *[
        Case(
            name=f"another document takes over from a prompt ({form})",
            pages={"voice": [{"play": {"url": "tone/450/30.wav"}}, {"hangup": {}}]},
            interrupts=("450", document),
            hears="450 0.1-12, 900 0.4",
            is_quick=form == "JSON",
        )
        for form, document in (
            ("JSON", [{"play": {"url": "@home@/tone/900/0.4.wav"}}]),
            ("XML", "<Response><Play>@home@/tone/900/0.4.wav</Play></Response>"),
        )
    ],
    Case(
        name="another document takes over from a question",
        pages={
            "voice": [
                {"getDigits": {"timeout": 60, "nested": [{"play": {"url": "tone/450/1.wav"}}]}}
            ]
        },
        interrupts=("450", [{"hangup": {}}]),
        hears="450 0.1-1.1",
    ),
    Case(
        name="another document takes over from a conversation",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}]},
        friends={"friend": Friend("stay", does="say 1500 20")},
        interrupts=("1500", [{"play": {"url": "@home@/tone/900/0.4.wav"}}]),
        hears="~ring, 1500 0.1-15, 900 0.4",
        asks=("...",),
    ),
    bad("a room without a name", [{"conference": {}}], "actions[0].conference"),
    bad("a room with a slash", [{"conference": {"name": "a/b"}}], "actions[0].conference.name"),
    bad(
        "a room for too many",
        [{"conference": {"name": "a", "maxParticipants": 251}}],
        "actions[0].conference.maxParticipants",
    ),
    bad(
        "an event that no room has",
        [{"conference": {"name": "a", "statusEvents": "start party"}}],
        "actions[0].conference.statusEvents",
    ),
    bad(
        "a room that is muted in words (XML)",
        '<Response><Conference muted="quiet">a</Conference></Response>',
        "line 1, column 11 <Conference>",
    ),
    bad(
        "a stream to a web page",
        [{"stream": {"url": "https://example.com/a"}}],
        "actions[0].stream.url",
    ),
    bad(
        "a stream to nowhere (XML)",
        '<Response><Stream connect="true"/></Response>',
        "line 1, column 11 <Stream>",
    ),
    bad(
        "a stream at a rate of its own",
        [{"stream": {"url": "wss://a.example/b", "outputSamplingRate": 11025}}],
        "actions[0].stream.outputSamplingRate",
    ),
    bad(
        "a stream of an unknown track",
        [{"stream": {"url": "wss://a.example/b", "track": "both"}}],
        "actions[0].stream.track",
    ),
    bad(
        "a stream with an object for a header",
        [{"stream": {"url": "wss://a.example/b", "headerMetadata": {"a": 1}}}],
        "actions[0].stream.headerMetadata",
    ),
    Case(
        name="a stream that cannot be opened is passed",
        pages={"voice": [{"stream": {"url": "ws://127.0.0.1:9/audio", "connect": True}}, _AFTER]},
        asks=("...",),
        hears="900 0.4",
    ),
]
