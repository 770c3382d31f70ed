"""Calls from outside, and how calls end: refused, unanswered, given up, cut off."""

from __future__ import annotations

from sautikit_site.conformance.case import PLAN_B_HERTZ, Case, Friend, both
from sautikit_site.conformance.customer import Answer

_TONE = [{"play": {"url": "tone/900/0.4.wav"}}]

# What a called phone answers, and what becomes of the call: status, failure code, cause.
_OUTCOMES = (
    ("busy", "busy busy", "user_busy"),
    ("busy-everywhere", "busy busy", "user_busy"),
    ("declined", "failed rejected", "call_rejected"),
    ("forbidden", "failed rejected", "call_rejected"),
    ("unavailable", "no_answer no_answer", "no_answer"),
    ("unanswered", "no_answer no_answer", "no_answer"),
    ("unknown", "failed invalid_number", "unallocated_number"),
    ("gone", "failed invalid_number", "unallocated_number"),
    ("incomplete", "failed invalid_number", "unallocated_number"),
    ("nowhere", "failed invalid_number", "unallocated_number"),
    ("failing", "failed network", "network_out_of_order"),
    ("broken", "failed network", "network_out_of_order"),
    ("not-acceptable", "failed network", "network_out_of_order"),
    ("late-gateway", "failed timeout", "recovery_on_timer_expire"),
)

CASES: list[Case] = [
    *[
        Case(
            name=f"a called phone that is {word} ends the call as {end}",
            pages={"voice": _TONE},
            phone=word,
            hears="",
            end=end,
            cause=cause,
            is_quick=word in ("busy", "failing"),
        )
        for word, end, cause in _OUTCOMES
    ],
    Case(
        name="a phone rings 60 s where nobody answers",
        pages={"voice": _TONE},
        phone="silent",
        hears="",
        end="no_answer no_answer",
        cause="no_answer",
        seconds_max=110,
    ),
    Case(
        name="a phone that does not even ring is given up after 60 s",
        pages={"voice": _TONE},
        phone="mute",
        hears="",
        end="no_answer no_answer",
        seconds_max=110,
    ),
    Case(
        name="the longest call is cut off",
        pages={"voice": [{"pause": {"length": 300}}, *_TONE]},
        hears="",
        cause="allotted_timeout",
        lasts=(150, 151),
        seconds_max=220,
    ),
    Case(
        name="early media is no answer",
        pages={"voice": _TONE},
        phone="early",
        does="say 700 1.5",
        hears="900 0.4",
        lasts=(0, 20),
    ),
    Case(
        name="an answer without ringing is an answer",
        pages={"voice": _TONE},
        phone="instant",
        hears="900 0.4",
    ),
    Case(
        name="a phone that holds and resumes goes on to hear",
        pages={"voice": [{"pause": {"length": 4}}, *_TONE]},
        phone="hold",
        hears="900 0.4",
    ),
    *both(
        "who calls in is answered and hears",
        _TONE,
        "<Play>tone/900/0.4.wav</Play>",
        phone="caller",
        asks=("direction=inbound",),
        hears="900 0.4",
        is_quick=True,
    ),
    Case(
        name="the voice URL is asked while a caller still rings",
        pages={"voice": [{"redirect": {"url": "next"}}], "next": _TONE},
        phone="caller",
        asks=("callSessionState=Ringing isActive=1", "next callSessionState=Ringing"),
        hears="900 0.4",
    ),
    *both(
        "reject refuses a caller",
        [{"reject": {}}],
        "<Reject/>",
        phone="caller-meets-603",
        hears="",
        end="failed rejected",
        is_quick=True,
    ),
    *both(
        "reject says busy to a caller",
        [{"reject": {"reason": "busy"}}],
        '<Reject reason="busy"/>',
        phone="caller-meets-486",
        hears="",
        end="busy busy",
    ),
    *both(
        "hangup before the answer refuses a caller",
        [{"hangup": {}}],
        "<Hangup/>",
        phone="caller-meets-480",
        hears="",
        end="no_answer no_answer",
    ),
    *both(
        "an empty document refuses a caller",
        [],
        "",
        phone="caller-meets-480",
        hears="",
        end="no_answer no_answer",
    ),
    *both(
        "reject after the answer is skipped",
        [*_TONE, {"reject": {}}, {"play": {"url": "tone/450/0.4.wav"}}],
        "<Play>tone/900/0.4.wav</Play><Reject/><Play>tone/450/0.4.wav</Play>",
        phone="caller",
        hears="900 0.4, 450 0.4",
    ),
    Case(
        name="reject on a call of ours is skipped",
        pages={"voice": [{"reject": {}}, *_TONE]},
        hears="900 0.4",
    ),
    Case(
        name="a caller who hangs up ends the call",
        pages={"voice": [{"play": {"url": "tone/900/20.wav"}}]},
        phone="caller-leaves",
        cause="normal_clearing",
        lasts=(1, 8),
    ),
    Case(
        name="a caller who gives up is canceled",
        pages={"voice": Answer(b"<Response/>", kind="text/xml", wait_seconds=4)},
        phone="caller-gives-up",
        hears="",
        end="canceled canceled",
        cause="originator_cancel",
    ),
    Case(
        name="a caller hears the apology when the voice URL fails",
        pages={"voice": Answer(b"sorry", 500)},
        phone="caller",
        hears="voice 1.5-8",
        end="completed voice_callback_unreachable",
    ),
    Case(
        name="a caller is taken by the fallback when the voice URL fails",
        pages={"voice": Answer(b"sorry", 500)},
        phone="caller",
        has_fallback=True,
        asks=("plan-b failureCode=voice_callback_unreachable",),
        hears=f"{PLAN_B_HERTZ} 0.4",
    ),
    Case(
        name="a caller is joined with the one who is dialled",
        pages={
            "voice": [{"dial": {"number": "@friend@", "action": "after"}}],
            "after": _TONE,
        },
        phone="caller",
        friends={"friend": Friend("leave-later", does="say 1500 4", hears="1000 1.0")},
        does="hear 1500; say 1000 1.0",
        asks=("after dialCallStatus=completed",),
        hears="1500 0.5-4.1, 900 0.4",
    ),
    Case(
        name="a caller whose friend is busy is answered by the next document",
        pages={"voice": [{"dial": {"number": "@friend@", "action": "after"}}], "after": _TONE},
        phone="caller",
        friends={"friend": Friend("busy")},
        asks=("after dialCallStatus=busy callSessionState=Ringing",),
        hears="900 0.4",
    ),
    Case(
        name="a softphone hears what is played",
        pages={"voice": [{"play": {"url": "tone/900/1.0.wav"}}]},
        softphone=True,
        hears="900 1.0",
    ),
    Case(
        name="a softphone's keys are understood",
        pages={
            "voice": [{"getDigits": {"numDigits": 2, "timeout": 20, "action": "choice"}}],
            "choice": _TONE,
        },
        softphone=True,
        does="wait 3; sndcode 5#",
        asks=("choice Digits=5",),
        hears="900 0.4",
        is_quick=True,
    ),
    Case(
        name="a softphone is recorded",
        pages={
            "voice": [{"record": {"maxLength": 2, "playBeep": False, "action": "after"}}],
            "after": _TONE,
        },
        softphone=True,
        asks=("after recordingStatus=max",),
        hears="900 0.4",
        recorded=("quiet 0-1, 900 1-2",),
    ),
    Case(
        name="a softphone that hangs up ends the call",
        pages={"voice": [{"play": {"url": "tone/900/30.wav"}}]},
        softphone=True,
        does="wait 3; hangup",
        cause="normal_clearing",
        lasts=(1, 15),
    ),
]
