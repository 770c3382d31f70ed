"""What callers leave behind: record in all its ways. Recordings are fetched and listened to."""

from __future__ import annotations

from sautikit_site.conformance.case import Case, bad, both

_AFTER = [{"play": {"url": "tone/900/0.4.wav"}}]
# The tone that says "speak now".
_BEEP = "1000 0.3"

CASES: list[Case] = [
    *both(
        "record ends with its key",
        [{"record": {"finishOnKey": "#", "action": "after"}}],
        '<Record finishOnKey="#" action="after"/>',
        pages={"after": _AFTER},
        does="hear 1000; wait 0.5; say 700 1.5; press #",
        asks=("after recordingStatus=key recordingUrl~http recordingDurationInSeconds=2 Digits=#",),
        hears=f"{_BEEP}, 900 0.4",
        recorded=("quiet 0-1, 700 1.5",),
        is_quick=True,
    ),
    *both(
        "record ends with silence",
        [{"record": {"timeout": 2, "playBeep": False, "action": "after"}}],
        '<Record timeout="2" playBeep="false" callbackUrl="after"/>',
        pages={"after": _AFTER},
        does="wait 1; say 700 1.5",
        asks=("after recordingStatus=silence",),
        hears="900 0.4",
        recorded=("700 0.3-1.6",),
    ),
    Case(
        name="5 s of silence end a recording where nothing is set",
        pages={"voice": [{"record": {"action": "after", "trim": False}}], "after": _AFTER},
        does="hear 1000; wait 0.5; say 700 1.0",
        asks=("after recordingStatus=silence",),
        hears=f"{_BEEP}, quiet 6-16, 900 0.4",
        recorded=("quiet 0.1-2, 700 1.0, quiet 4.5-5.5",),
    ),
    *both(
        "record ends at its longest",
        [{"record": {"maxLength": 2, "action": "after"}}],
        '<Record maxLength="2" action="after"/>',
        pages={"after": _AFTER},
        does="hear 1000; say 700 5",
        asks=("after recordingStatus=max recordingDurationInSeconds=2",),
        hears=f"{_BEEP}, 900 0.4",
        recorded=("700 1.0-2.05",),
        is_quick=True,
    ),
    Case(
        name="120 s are the longest recording where nothing is set",
        pages={"voice": [{"record": {"action": "after"}}], "after": _AFTER},
        does="hear 1000; say 700 121",
        asks=("after recordingStatus=max recordingDurationInSeconds=120",),
        lasts=(120, 145),
        seconds_max=175,
    ),
    Case(
        name="who hangs up leaves the recording behind",
        pages={"voice": [{"record": {"action": "after"}}], "after": _AFTER},
        phone="leave-later",
        does="hear 1000; say 700 6",
        asks=("after recordingStatus=hangup",),
    ),
    Case(
        name="silence at the ends is trimmed, and kept when that is asked for",
        pages={
            "voice": [{"record": {"finishOnKey": "#", "action": "again"}}],
            "again": [{"record": {"finishOnKey": "#", "trim": "do-not-trim", "action": "after"}}],
            "after": _AFTER,
        },
        does=(
            "hear 1000; wait 1; say 700 1.0; wait 1.2; press #; "
            "hear quiet; hear 1000; wait 1; say 800 1.0; wait 1.2; press #"
        ),
        asks=("again recordingStatus=key", "after recordingStatus=key"),
        recorded=("quiet 0-0.3, 700 1.0, quiet 0-0.3", "quiet 0.4-3, 800 1.0, quiet 0.8-2.5"),
    ),
    Case(
        name="keys that do not end a recording change nothing",
        pages={"voice": [{"record": {"finishOnKey": "9", "action": "after"}}], "after": _AFTER},
        does="hear 1000; say 700 0.6; press 12#; say 800 0.6; press 9",
        asks=("after recordingStatus=key Digits=9",),
        hears=f"{_BEEP}, 900 0.4",
    ),
    Case(
        name="the outcome may be asked with GET (XML)",
        pages={
            "voice": '<Response><Record method="GET" finishOnKey="#" action="after"/></Response>',
            "after": "<Response><Play>tone/900/0.4.wav</Play></Response>",
        },
        does="hear 1000; say 700 0.8; press #",
        asks=("after method=GET recordingStatus=key",),
        hears=f"{_BEEP}, 900 0.4",
    ),
    Case(
        name="a greeting, a recording, and a word of thanks",
        pages={
            "voice": (
                "<Response><Say>Leave a message.</Say>"
                '<Record maxLength="20" finishOnKey="#" playBeep="true" trim="trim-silence"/></Response>',
                "<Response><Play>tone/900/0.4.wav</Play></Response>",
            ),
        },
        does="hear voice; hear 1000; say 700 0.8; press #",
        asks=("voice recordingStatus=key",),
        hears=f"voice 0.5-4, {_BEEP}, 900 0.4",
    ),
    bad(
        "record longer than an hour",
        [{"record": {"maxLength": 3601}}],
        "actions[0].record.maxLength",
    ),
    bad(
        "record ended by a letter",
        [{"record": {"finishOnKey": "x"}}],
        "actions[0].record.finishOnKey",
    ),
    bad(
        "record posted with PUT (XML)",
        '<Response><Record method="PUT"/></Response>',
        "line 1, column 11 <Record>",
    ),
    bad(
        "record with a beep of words",
        [{"record": {"playBeep": "loud"}}],
        "actions[0].record.playBeep",
    ),
]
