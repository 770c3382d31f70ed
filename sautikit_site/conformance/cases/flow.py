"""From document to document: redirects, servers that fail, time-outs, fallbacks."""

from __future__ import annotations

from sautikit_site.conformance.case import PLAN_B_HERTZ, Case, bad, both
from sautikit_site.conformance.customer import Answer

_TONE = [{"play": {"url": "tone/900/0.4.wav"}}]
_XML_TONE = "<Response><Play>tone/900/0.4.wav</Play></Response>"
_PLAN_B = f"{PLAN_B_HERTZ} 0.4"
_UNREACHABLE = "plan-b failureCode=voice_callback_unreachable"
_APOLOGY = "voice 1.5-8"


def _sent_on(status: int, to: str) -> Answer:
    return Answer(status=status, headers=(("Location", to),))


CASES: list[Case] = [
    *both(
        "redirect goes on with another document",
        [{"play": {"url": "tone/450/0.4.wav"}}, {"redirect": {"url": "next"}}],
        "<Play>tone/450/0.4.wav</Play><Redirect>next</Redirect>",
        pages={"next": _TONE},
        asks=("next method=POST isActive=1 callSessionState=Answered",),
        hears="450 0.4, 900 0.4",
        is_quick=True,
    ),
    *both(
        "redirect may ask with GET",
        [{"redirect": {"url": "next", "method": "GET"}}],
        '<Redirect method="GET">next</Redirect>',
        pages={"next": _TONE},
        asks=("next method=GET isActive=1",),
        hears="900 0.4",
    ),
    *both(
        "redirect takes a full address with a query",
        [{"redirect": {"url": "@customer@/next?step=2"}}],
        "<Redirect>@customer@/next?step=2</Redirect>",
        pages={"next": _TONE},
        asks=("next method=POST",),
        hears="900 0.4",
    ),
    Case(
        name="JSON leads to XML and back",
        pages={
            "voice": [{"redirect": {"url": "a"}}],
            "a": "<Response><Redirect>b</Redirect></Response>",
            "b": [{"redirect": {"url": "c"}}],
            "c": _XML_TONE,
        },
        asks=("a", "b", "c"),
        hears="900 0.4",
    ),
    Case(
        name="relative addresses start at the document they stand in",
        pages={
            "voice": [{"redirect": {"url": "deep/er/page"}}],
            "deep/er/page": [{"redirect": {"url": "../beside"}}],
            "deep/beside": [{"play": {"url": "@customer@/tone/900/0.4.wav"}}],
        },
        asks=("deep/er/page", "deep/beside"),
        hears="900 0.4",
    ),
    Case(
        name="actions after a redirect are skipped",
        pages={
            "voice": [{"redirect": {"url": "next"}}, {"play": {"url": "tone/450/0.4.wav"}}],
            "next": _TONE,
        },
        asks=("next",),
        hears="900 0.4",
    ),
    Case(
        name="actions after a redirect run when it leads nowhere",
        pages={
            "voice": [{"redirect": {"url": "next"}}, {"play": {"url": "tone/450/0.4.wav"}}],
            "next": Answer(b"sorry", 500),
        },
        asks=("next",),
        hears="450 0.4",
        is_quick=True,
    ),
    Case(
        name="a redirect that leads nowhere asks the fallback",
        pages={"voice": [{"redirect": {"url": "next"}}], "next": Answer(b"sorry", 503)},
        has_fallback=True,
        asks=("next", f"{_UNREACHABLE} failedUrl~/next failureReason~503"),
        hears=_PLAN_B,
    ),
    Case(
        name="a redirect has 5 s to answer",
        pages={
            "voice": [{"redirect": {"url": "next"}}],
            "next": Answer(_XML_TONE.encode(), wait_seconds=7),
        },
        has_fallback=True,
        asks=("next", f"{_UNREACHABLE} failedUrl~/next"),
        hears=_PLAN_B,
    ),
    Case(
        name="documents that redirect for ever end in the apology",
        pages={"voice": [{"redirect": {"url": "voice"}}]},
        asks=("voice",) * 20,
        hears=_APOLOGY,
        end="completed voice_document_invalid",
    ),
    Case(
        name="a slow answer within 10 s is waited for",
        pages={"voice": Answer(_XML_TONE.encode(), kind="text/xml", wait_seconds=7)},
        hears="900 0.4",
        lasts=(7, 30),
    ),
    Case(
        name="the voice URL has 10 s to answer",
        pages={"voice": Answer(_XML_TONE.encode(), wait_seconds=12)},
        has_fallback=True,
        asks=(f"{_UNREACHABLE} failedUrl~/voice",),
        hears=_PLAN_B,
        lasts=(10, 40),
    ),
    Case(
        name="an answer that drips has 10 s too",
        pages={"voice": Answer(_XML_TONE.encode(), drips=True)},
        has_fallback=True,
        asks=(_UNREACHABLE,),
        hears=_PLAN_B,
        lasts=(10, 40),
    ),
    Case(
        name="a server that lets nobody in has 3 s",
        pages={},
        voice_at="deaf",
        has_fallback=True,
        asks=(_UNREACHABLE,),
        hears=_PLAN_B,
        lasts=(3, 30),
    ),
    Case(
        name="a server that is not there is unreachable",
        pages={},
        voice_at="closed",
        has_fallback=True,
        asks=(_UNREACHABLE,),
        hears=_PLAN_B,
        is_quick=True,
    ),
    Case(
        name="without a fallback a failed voice URL ends in the apology",
        pages={"voice": Answer(b"sorry", 500)},
        hears=_APOLOGY,
        end="completed voice_callback_unreachable",
        is_quick=True,
    ),
    Case(
        name="without a fallback a wrong document ends in the apology",
        pages={"voice": [{"sing": {}}]},
        hears=_APOLOGY,
        end="completed voice_document_invalid",
    ),
    Case(
        name="a fallback that fails too ends in the apology",
        pages={"voice": Answer(b"sorry", 500), "plan-b": Answer(b"sorry too", 500)},
        has_fallback=True,
        asks=(_UNREACHABLE,),
        hears=_APOLOGY,
        end="completed voice_callback_unreachable",
    ),
    Case(
        name="307 and 308 are followed three times",
        pages={
            "voice": _sent_on(307, "a"),
            "a": _sent_on(308, "b"),
            "b": _sent_on(307, "c"),
            "c": _XML_TONE,
        },
        asks=("a method=POST isActive=1", "b method=POST", "c method=POST isActive=1"),
        hears="900 0.4",
    ),
    Case(
        name="a fourth 307 is one too many",
        pages={
            "voice": _sent_on(307, "a"),
            "a": _sent_on(307, "b"),
            "b": _sent_on(307, "c"),
            "c": _sent_on(307, "d"),
            "d": _XML_TONE,
        },
        has_fallback=True,
        asks=("a", "b", "c", _UNREACHABLE),
        hears=_PLAN_B,
    ),
    Case(
        name="302 is not followed",
        pages={"voice": _sent_on(302, "a"), "a": _XML_TONE},
        has_fallback=True,
        asks=(f"{_UNREACHABLE} failureReason~302",),
        hears=_PLAN_B,
    ),
    Case(
        name="an answer over 64 KiB is refused",
        pages={"voice": Answer(b"<Response>" + b" " * 66_000 + b"</Response>", kind="text/xml")},
        has_fallback=True,
        asks=(f"{_UNREACHABLE} failureReason~64 KiB",),
        hears=_PLAN_B,
    ),
    Case(
        name="an answer of almost 64 KiB is taken (XML)",
        pages={
            "voice": Answer(
                b"<Response>" + b" " * 65_000 + b"<Play>tone/900/0.4.wav</Play></Response>",
                kind="text/xml",
            )
        },
        hears="900 0.4",
    ),
    Case(
        name="the content type does not decide which form it is",
        pages={"voice": Answer(_XML_TONE.encode(), kind="application/json")},
        hears="900 0.4",
    ),
    bad("redirect to nowhere", [{"redirect": {}}], "actions[0].redirect"),
    bad(
        "redirect to nowhere (XML)",
        "<Response>\n  <Redirect/>\n</Response>",
        "line 2, column 3 <Redirect>",
    ),
    bad(
        "redirect with PUT",
        [{"redirect": {"url": "a", "method": "PUT"}}],
        "actions[0].redirect.method",
    ),
    bad(
        "redirect to a script",
        [{"redirect": {"url": "javascript:alert(1)"}}],
        "actions[0].redirect.url",
    ),
    bad("JSON with a comma too many", b'{"actions": [{"hangup": {}},]}', "line 1, column 28"),
    bad(
        "JSON with a key twice",
        b'{"actions": [{"say": {"text": "a", "text": "b"}}]}',
        "actions[0].say",
    ),
]
