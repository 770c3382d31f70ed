"""Keys that callers press: getDigits in all its ways."""

from __future__ import annotations

from typing import Any

from sautikit_site.conformance.case import Case, bad, both

_HEARD = [{"play": {"url": "tone/900/0.4.wav"}}]
_ASK = {"play": {"url": "tone/450/0.6.wav"}}
_ASK_XML = "<Play>tone/450/0.6.wav</Play>"
_NEXT_XML = "<Play>tone/900/0.4.wav</Play>"


# What getDigits takes is JSON.
def _gather(**fields: Any) -> list[dict[str, Any]]:
    return [{"getDigits": fields}]


CASES: list[Case] = [
    *both(
        "getDigits posts one key to its action",
        _gather(numDigits=1, timeout=20, action="choice", nested=[_ASK]),
        f'<GetDigits maxDigits="1" timeout="20" callbackUrl="choice">{_ASK_XML}</GetDigits>',
        pages={"choice": _HEARD},
        does="hear 450; quiet 0.3; press 7",
        asks=("choice Digits=7 dtmfDigits=7 isActive=1",),
        hears="450 0.6, 900 0.4",
        is_quick=True,
        is_quick_xml=True,
    ),
    *both(
        "getDigits without an action asks the same page",
        _gather(numDigits=2, timeout=20),
        '<GetDigits numDigits="2" timeout="20"/>',
        pages={},
        does="wait 1; press 42",
        asks=("voice Digits=42",),
        phone="leave-later",
    ),
    *both(
        "# ends the keys and is not one of them",
        _gather(timeout=20, action="pin"),
        '<GetDigits timeout="20" action="pin"/>',
        pages={"pin": _HEARD},
        does="wait 1; press 2580#",
        asks=("pin Digits=2580",),
        hears="900 0.4",
        is_quick=True,
    ),
    *both(
        "another key may end them",
        _gather(timeout=20, finishOnKey="*", action="pin"),
        '<GetDigits timeout="20" finishOnKey="*" callbackUrl="pin"/>',
        pages={"pin": _HEARD},
        does="wait 1; press 1#2*",
        asks=("pin Digits=1#2",),
        hears="900 0.4",
    ),
    *both(
        "no key ends them",
        _gather(numDigits=4, timeout=20, finishOnKey="", action="pin"),
        '<GetDigits maxDigits="4" timeout="20" finishOnKey="" action="pin"/>',
        pages={"pin": _HEARD},
        does="wait 1; press *1#2",
        asks=("pin Digits=*1#2",),
        hears="900 0.4",
    ),
    *both(
        "who presses nothing hears the next action",
        [*_gather(timeout=3, action="pin", nested=[_ASK]), *_HEARD],
        f'<GetDigits timeout="3" callbackUrl="pin">{_ASK_XML}</GetDigits>{_NEXT_XML}',
        hears="450 0.6, quiet 2.9-12, 900 0.4",
        is_quick=True,
    ),
    *both(
        "the time-out is 5 s where none is set",
        [_ASK, *_gather(action="pin"), *_HEARD],
        f'{_ASK_XML}<GetDigits callbackUrl="pin"/>{_NEXT_XML}',
        hears="450 0.6, quiet 4.9-14, 900 0.4",
    ),
    Case(
        name="keys that stop coming are posted at the time-out",
        pages={"voice": _gather(numDigits=6, timeout=3, action="pin"), "pin": _HEARD},
        does="wait 1; press 12",
        asks=("pin Digits=12",),
        hears="900 0.4",
    ),
    Case(
        name="# alone is nothing pressed",
        pages={"voice": [*_gather(timeout=30, action="pin"), *_HEARD]},
        does="wait 1; press #",
        hears="900 0.4",
    ),
    *both(
        "a key stops the prompt",
        _gather(
            numDigits=1, timeout=20, action="choice", nested=[{"play": {"url": "tone/450/15.wav"}}]
        ),
        '<GetDigits maxDigits="1" timeout="20" action="choice"><Play>tone/450/15.wav</Play></GetDigits>',
        pages={"choice": _HEARD},
        does="hear 450; wait 0.5; press 3",
        asks=("choice Digits=3",),
        hears="450 0.5-8, 900 0.4",
        is_quick=True,
    ),
    *both(
        "several prompts are heard while waiting",
        _gather(
            numDigits=1,
            timeout=20,
            action="choice",
            nested=[_ASK, {"pause": {"length": 1}}, {"say": {"text": "Press one for sales."}}],
        ),
        f'<GetDigits maxDigits="1" timeout="20" action="choice">{_ASK_XML}<Pause length="1"/>'
        "<Say>Press one for sales.</Say></GetDigits>",
        pages={"choice": _HEARD},
        does="hear 450; hear quiet; hear voice; quiet 0.5; press 1",
        asks=("choice Digits=1",),
        hears="450 0.6, quiet 0.9-1.5, voice 0.6-4, 900 0.4",
    ),
    Case(
        name="the words of TwiML mean the same (XML)",
        pages={
            "voice": f'<Response><Gather numDigits="1" timeout="20" action="choice">{_ASK_XML}</Gather></Response>',
            "choice": f"<Response>{_NEXT_XML}</Response>",
        },
        does="hear 450; quiet 0.3; press 9",
        asks=("choice Digits=9",),
        hears="450 0.6, 900 0.4",
    ),
    Case(
        name="keys pressed ahead answer the next question",
        pages={
            "voice": [
                {"pause": {"length": 2}},
                *_gather(numDigits=2, timeout=20, action="choice", nested=[_ASK]),
            ],
            "choice": _HEARD,
        },
        does="wait 0.4; press 68",
        asks=("choice Digits=68",),
        hears="900 0.4",
    ),
    Case(
        name="a menu leads to a menu",
        pages={
            "voice": _gather(numDigits=1, timeout=20, action="second", nested=[_ASK]),
            "second": _gather(
                numDigits=1,
                timeout=20,
                action="third",
                nested=[{"play": {"url": "tone/650/0.6.wav"}}],
            ),
            "third": [{"redirect": {"url": "last"}}],
            "last": _HEARD,
        },
        does="hear 450; quiet 0.3; press 1; hear 650; quiet 0.3; press 2",
        asks=("second Digits=1", "third Digits=2", "last !Digits"),
        hears="450 0.6, 650 0.6, 900 0.4",
    ),
    Case(
        name="a wrong choice is asked again by the next document",
        pages={
            "voice": _gather(numDigits=1, timeout=20, action="choice", nested=[_ASK]),
            "choice": ([{"redirect": {"url": "voice"}}], _HEARD),
        },
        does="hear 450; quiet 0.3; press 9; hear quiet; hear 450; quiet 0.3; press 1",
        asks=("choice Digits=9", "voice", "choice Digits=1"),
        hears="450 0.6, 450 0.6, 900 0.4",
    ),
    Case(
        name="keys may come as SIP INFO",
        pages={"voice": _gather(numDigits=2, timeout=20, action="choice"), "choice": _HEARD},
        phone="info",
        asks=("choice Digits=1*",),
        hears="900 0.4",
        is_quick=True,
    ),
    bad("getDigits of minus one key", _gather(numDigits=-1), "actions[0].getDigits.numDigits"),
    bad(
        "getDigits of a word of keys (XML)",
        '<Response><GetDigits maxDigits="one"/></Response>',
        "line 1, column 11 <GetDigits>",
    ),
    bad("getDigits that waits for ever", _gather(timeout=301), "actions[0].getDigits.timeout"),
    bad(
        "two keys that end the input", _gather(finishOnKey="##"), "actions[0].getDigits.finishOnKey"
    ),
    bad(
        "dial nested in getDigits",
        _gather(nested=[{"dial": {"number": "+254712345678"}}]),
        "actions[0].getDigits.nested[0]",
    ),
    bad(
        "getDigits nested in getDigits",
        _gather(nested=_gather(numDigits=1)),
        "actions[0].getDigits.nested[0]",
    ),
    bad(
        "prompts that are no list",
        _gather(nested={"say": {"text": "Hi"}}),
        "actions[0].getDigits.nested",
    ),
    bad("an XML name in JSON", _gather(maxDigits=1), "actions[0].getDigits"),
    bad(
        "an action that is no web address (XML)",
        '<Response><GetDigits action="mailto:a@b.c"/></Response>',
        "line 1, column 11 <GetDigits>",
    ),
]
