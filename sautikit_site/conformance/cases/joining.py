"""Others who are called: dial in all its ways. `@friend@` is the number of a friend."""

from __future__ import annotations

from sautikit_site.conformance.case import Case, Friend, bad, both

_AFTER = [{"play": {"url": "tone/900/0.4.wav"}}]
_AFTER_XML = "<Response><Play>tone/900/0.4.wav</Play></Response>"
_TALKER = Friend("leave-later", does="say 1500 4", hears="1000 1.0")

CASES: list[Case] = [
    *both(
        "dial lets both hear each other",
        [{"dial": {"number": "@friend@", "action": "after"}}],
        '<Dial action="after"><Number>@friend@</Number></Dial>',
        pages={"after": _AFTER},
        friends={"friend": _TALKER},
        does="hear 1500; say 1000 1.0",
        hears="~ring, 1500 0.5-4.1, 900 0.4",
        asks=("after dialCallStatus=completed dialDestinationNumber=@friend@ isActive=1",),
        is_quick=True,
    ),
    *both(
        "a number may be the text of dial, or in its phoneNumbers",
        [{"dial": {"number": "@friend@", "action": "after"}}],
        '<Dial phoneNumbers="@friend@" callbackUrl="after"/>',
        pages={"after": _AFTER},
        friends={"friend": Friend("leave")},
        asks=("after dialCallStatus=completed",),
    ),
    *both(
        "the caller hears it ring",
        [{"dial": {"number": "@friend@", "action": "after"}}],
        '<Dial action="after">@friend@</Dial>',
        pages={"after": _AFTER},
        friends={"friend": Friend("slow", does="say 1500 1.5")},
        phone="leave-later",
        hears="ring 0.9-1.1, 1500 0.3-1.6",
        asks=(),
    ),
    Case(
        name="the caller hears what a friend says before the answer",
        pages={
            "voice": [{"dial": {"number": "@friend@", "timeout": 5, "action": "after"}}],
            "after": _AFTER,
        },
        friends={"friend": Friend("early-only", does="say 1500 2")},
        hears="~ring, 1500 1.7-2.1, 900 0.4",
        asks=("after dialCallStatus=no-answer",),
        is_native=True,
        is_quick=True,
    ),
    Case(
        name="the caller hears a friend before and after the answer",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
        friends={"friend": Friend("early", does="say 1500 4", hears="1000 1.0")},
        phone="leave-late",
        does="hear 1500; wait 2; say 1000 1.0",
        hears="~ring, 1500 3.5-4.1",
        asks=("...",),
        is_native=True,
    ),
    Case(
        name="it rings again when one who spoke before the answer is busy",
        pages={
            "voice": [{"dial": {"numbers": ["@one@", "@two@"], "timeout": 6, "action": "after"}}],
            "after": _AFTER,
        },
        friends={
            "one": Friend("early-busy", does="say 1500 1"),
            "two": Friend("silent"),
        },
        hears="~ring, 1500 0.8-1.1, ring 0.5-1.1, ~ring, 900 0.4",
        asks=("after dialCallStatus=no-answer",),
        is_native=True,
    ),
    *both(
        "a busy friend is told to the action",
        [{"dial": {"number": "@friend@", "action": "after"}}],
        '<Dial action="after">@friend@</Dial>',
        pages={"after": _AFTER},
        friends={"friend": Friend("busy")},
        asks=("after dialCallStatus=busy DialCallStatus=busy dialDurationInSeconds=0",),
        hears="~ring, 900 0.4",
        is_quick=True,
    ),
    *both(
        "a friend who does not answer is given up after the time-out",
        [{"dial": {"number": "@friend@", "timeout": 3, "action": "after"}}],
        '<Dial timeout="3" action="after">@friend@</Dial>',
        pages={"after": _AFTER},
        friends={"friend": Friend("silent")},
        asks=("after dialCallStatus=no-answer",),
        hears="ring 0.9-1.1, quiet 1.5-14, ~ring, 900 0.4",
    ),
    Case(
        name="a dial rings 30 s where no time-out is set",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
        friends={"friend": Friend("silent")},
        asks=("after dialCallStatus=no-answer",),
        lasts=(30, 60),
        seconds_max=90,
    ),
    *[
        Case(
            name=f"a friend who is {word} is told as {status}",
            pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
            friends={"friend": Friend(word)},
            asks=(f"after dialCallStatus={status}{reason}",),
            hears="~ring, 900 0.4",
        )
        for word, status, reason in (
            ("declined", "failed", " dialFailureReason=rejected"),
            ("unavailable", "no-answer", ""),
            ("unknown", "failed", " dialFailureReason=invalid_number"),
            ("failing", "failed", " dialFailureReason=network"),
        )
    ],
    Case(
        name="without an action the outcome goes to the same page",
        pages={"voice": ([{"dial": {"number": "@friend@"}}], _AFTER)},
        friends={"friend": Friend("busy")},
        asks=("voice dialCallStatus=busy",),
        hears="~ring, 900 0.4",
    ),
    *both(
        "of several who ring together the first to answer is joined",
        [{"dial": {"numbers": ["@late@", "@soon@"], "action": "after"}}],
        '<Dial action="after"><Number>@late@</Number><Number>@soon@</Number></Dial>',
        pages={"after": _AFTER},
        friends={"late": Friend("silent"), "soon": Friend("leave", does="say 1500 1.6")},
        asks=("after dialCallStatus=completed dialDestinationNumber=@soon@",),
        hears="~ring, 1500 0.3-1.7, 900 0.4",
        is_quick=True,
    ),
    *both(
        "several may ring one after the other",
        [{"dial": {"numbers": ["@first@", "@second@"], "sequential": True, "action": "after"}}],
        '<Dial phoneNumbers="@first@,@second@" sequential="true" callbackUrl="after"/>',
        pages={"after": _AFTER},
        friends={"first": Friend("busy"), "second": Friend("leave")},
        asks=("after dialCallStatus=completed dialDestinationNumber=@second@",),
    ),
    Case(
        name="who comes after the one that answered never rings",
        pages={
            "voice": [
                {
                    "dial": {
                        "numbers": ["@first@", "@second@"],
                        "sequential": True,
                        "action": "after",
                    }
                }
            ],
            "after": _AFTER,
        },
        friends={"first": Friend("leave"), "second": Friend("stay", is_called=False)},
        asks=("after dialCallStatus=completed dialDestinationNumber=@first@",),
    ),
    Case(
        name="when nobody answers the last outcome is told",
        pages={
            "voice": [
                {
                    "dial": {
                        "numbers": ["@first@", "@second@"],
                        "sequential": True,
                        "action": "after",
                    }
                }
            ],
            "after": _AFTER,
        },
        friends={"first": Friend("busy"), "second": Friend("unavailable")},
        asks=("after dialCallStatus=no-answer dialDestinationNumber=@second@",),
    ),
    *both(
        "a dial is recorded with each side in its own channel",
        [{"dial": {"number": "@friend@", "record": "record-from-answer", "action": "after"}}],
        '<Dial record="true" action="after"><Number>@friend@</Number></Dial>',
        pages={"after": _AFTER},
        friends={"friend": _TALKER},
        does="hear 1500; say 1000 1.0",
        asks=("after dialCallStatus=completed recordingUrl~http",),
        recorded=("1000 1.0 | 1500 1-4.2",),
        is_quick=True,
    ),
    Case(
        name="keys pass to the one who was dialled",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
        friends={"friend": Friend("leave-later", does="say 1500 4", keys="13#")},
        does="hear 1500; press 13#",
        asks=("after dialCallStatus=completed",),
    ),
    Case(
        name="who hangs up takes the other along",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
        phone="leave-later",
        friends={"friend": Friend("stay", does="say 1500 6")},
    ),
    Case(
        name="who hangs up while it rings stops the ringing",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _AFTER},
        phone="leave-later",
        friends={"friend": Friend("silent")},
    ),
    Case(
        name="a number abroad is refused and told",
        pages={"voice": [{"dial": {"number": "+14155550100", "action": "after"}}], "after": _AFTER},
        asks=("after dialCallStatus=failed dialFailureReason=calls.destination_denied",),
        hears="900 0.4",
    ),
    Case(
        name="somebody else's caller id is refused and told",
        pages={
            "voice": [
                {"dial": {"number": "@friend@", "callerId": "+254722000000", "action": "after"}}
            ],
            "after": _AFTER,
        },
        friends={"friend": Friend("stay", is_called=False)},
        asks=("after dialCallStatus=failed dialFailureReason~.",),
        hears="900 0.4",
    ),
    Case(
        name="the number itself may be the caller id",
        pages={
            "voice": [{"dial": {"number": "@friend@", "callerId": "@number@", "action": "after"}}],
            "after": _AFTER_XML,
        },
        friends={"friend": Friend("leave")},
        asks=("after dialCallStatus=completed",),
    ),
    Case(
        name="a dial may follow a dial",
        pages={
            "voice": [{"dial": {"number": "@first@", "action": "again"}}],
            "again": [{"dial": {"number": "@second@", "action": "after"}}],
            "after": _AFTER,
        },
        friends={"first": Friend("busy"), "second": Friend("leave")},
        asks=("again dialCallStatus=busy", "after dialCallStatus=completed"),
    ),
    bad("dial of nobody", [{"dial": {}}], "actions[0].dial"),
    bad("dial of nobody (XML)", "<Response><Dial/></Response>", "line 1, column 11 <Dial>"),
    bad(
        "dial of a number and of numbers",
        [{"dial": {"number": "+254712345678", "numbers": ["+254712345679"]}}],
        "actions[0].dial",
    ),
    bad(
        "dial of a number without its country",
        [{"dial": {"number": "0712345678"}}],
        "actions[0].dial.number",
    ),
    bad(
        "dial of a number without its country (XML)",
        "<Response><Dial>0712345678</Dial></Response>",
        "line 1, column 11 <Dial>",
    ),
    bad(
        "dial of eleven numbers",
        [{"dial": {"numbers": [f"+2547123456{at}" for at in range(10, 21)]}}],
        "actions[0].dial.numbers",
    ),
    bad(
        "dial that rings for ever",
        [{"dial": {"number": "+254712345678", "timeout": 301}}],
        "actions[0].dial.timeout",
    ),
    bad(
        "dial recorded in an unknown way",
        [{"dial": {"number": "+254712345678", "record": "yes"}}],
        "actions[0].dial.record",
    ),
]
