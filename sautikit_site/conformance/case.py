"""What a case of the suite declares: documents, what the phones do, and what has to come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sautikit_site.conformance.customer import Answer, as_answer

# What a fallback document plays: a case that fails over is told from one that apologises.
PLAN_B_HERTZ: Final = 600
PLAN_B: Final = [{"play": {"url": f"tone/{PLAN_B_HERTZ}/0.4.wav"}}]


@dataclass(frozen=True, slots=True)
class Friend:
    """Somebody a document calls: written `@name@` in it."""

    behaviour: str = "stay"
    does: str = ""
    hears: str | None = None
    # Keys that the exchange passes on to it.
    keys: str = ""
    # False when its phone may never ring.
    is_called: bool = True
    # The page of one whom the API calls, beside the case's own call, instead of a document.
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One voice document, or a chain of them, on one real call."""

    name: str
    # What each page answers: actions, XML, bytes, an Answer, or a list of them, one a turn.
    pages: Mapping[str, Any]
    # The phone on the other end: one that is called, or one that calls.
    phone: str = "stay"
    # What it does: see `steps.py`.
    does: str = ""
    # What it hears: "440 1.0, quiet 2-3, voice 1-4"; None is not asked, "" is silence.
    hears: str | None = None
    # What it may not hear in any frame.
    never_hears: str = ""
    # Keys that the exchange presses.
    keys: str = ""
    # What the pages are asked, in order: "page name=value name~part", the first one left out.
    asks: tuple[str, ...] = ()
    # A document posted to the running call once its phone hears something: ("450", document).
    interrupts: tuple[str, Any] | None = None
    # How the call ends: its status, then its failure code, if any.
    end: str = "completed"
    cause: str = ""
    # What else its final event says: "sip_code=486 q850_cause=17".
    tells: str = ""
    # For how long the call may have been connected.
    lasts: tuple[float, float] | None = None
    friends: Mapping[str, Friend] = field(default_factory=dict)
    # What a page is asked once a recording is over is played back and has to sound so.
    recorded: tuple[str, ...] = ()
    has_fallback: bool = False
    # Where the number's voice URL leads instead of the customer: "deaf" or "closed".
    voice_at: str = ""
    # Whether the reduced selection of a test run has it.
    is_quick: bool = False
    # What only our own SIP does: docs/asterisk.md says what is there instead.
    is_native: bool = False
    seconds_max: float = 45.0
    softphone: bool = False

    @property
    def is_inbound(self) -> bool:
        return self.phone.startswith("caller")

    def answers(self, words: Mapping[str, str]) -> dict[str, list[Answer]]:
        """Return the pages with `@word@` filled in."""
        made: dict[str, list[Answer]] = {}
        for page, written in self.pages.items():
            many = written if _is_turns(written) else [written]
            made[page] = [_filled(as_answer(each), words) for each in many]
        if self.has_fallback:
            made.setdefault("plan-b", [as_answer(PLAN_B)])
        return made


# A list of actions is one answer; a tuple is one answer a turn.
def _is_turns(written: Any) -> bool:
    return isinstance(written, tuple)


def _filled(answer: Answer, words: Mapping[str, str]) -> Answer:
    body = answer.body
    for word, value in words.items():
        body = body.replace(f"@{word}@".encode(), value.encode())
    return replace(answer, body=body)


# Actions are JSON.
def both(name: str, actions: list[dict[str, Any]], xml: str, **facts: Any) -> list[Case]:
    """Return twins: the same document in both forms, held to the same expectations."""
    more = facts.pop("pages", {})
    # The reduced selection needs one twin only.
    quick_xml = facts.pop("is_quick_xml", False)
    return [
        Case(name=f"{name} (JSON)", pages={"voice": actions, **more}, **facts),
        Case(
            name=f"{name} (XML)",
            pages={"voice": f"<Response>{xml}</Response>", **more},
            **{**facts, "is_quick": quick_xml},
        ),
    ]


def bad(name: str, written: Any, where: str, *, is_quick: bool = False) -> Case:
    """Return a document that cannot run: the fallback is told where, and is heard."""
    return Case(
        name=f"wrong: {name}",
        pages={"voice": written},
        has_fallback=True,
        hears=f"{PLAN_B_HERTZ} 0.4",
        asks=(f"plan-b failureCode=voice_document_invalid failureReason~{where}:",),
        is_quick=is_quick,
    )
