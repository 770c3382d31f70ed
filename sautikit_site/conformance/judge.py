"""Whether what was heard and asked is what a case wants; every difference is a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sautikit_site.conformance.customer import Asked
from sautikit_site.conformance.waves import QUIET, VOICE, Run

# What our ears may be off by: the ends of a sound, and a tick that came late.
TONE_SECONDS: Final = 0.1
SHARE: Final = 0.05
TERMINAL: Final = ("call.completed", "call.failed")


def compare_sounds(who: str, wanted: str, heard: Sequence[Run]) -> Iterator[str]:
    """Hold a phone's ear against `440 1.0, quiet 2-3, voice 1-4, ...`."""
    left = list(heard)
    while left and left[0].label == QUIET and not wanted.startswith(QUIET):
        left.pop(0)
    said = ", ".join(map(str, heard)) or "nothing"
    for piece in filter(None, map(str.strip, wanted.split(","))):
        if piece == "...":
            return
        label, _, span = piece.partition(" ")
        while left and left[0].label == QUIET and label != QUIET:
            left.pop(0)
        if label.startswith("~"):
            # Perhaps; a scrap of a tone has no name.
            if left and left[0].label in (label[1:], VOICE):
                left.pop(0)
            continue
        if not left or left[0].label != label:
            yield f"{who} should have heard {piece} of [{wanted}], not [{said}]"
            return
        low, high = _span(span)
        run = left.pop(0)
        if not low <= run.seconds <= high:
            yield f"{who} heard {run} where {low:.2f} to {high:.2f} s were due: [{said}]"
    if rest := [run for run in left if run.label != QUIET]:
        yield f"{who} also heard [{', '.join(map(str, rest))}] in [{said}]"


def _span(text: str) -> tuple[float, float]:
    if not text:
        return 0.0, 1e9
    low, dash, high = text.partition("-")
    if dash:
        return float(low), float(high or 1e9)
    exact = float(low)
    slack = TONE_SECONDS + SHARE * exact
    return exact - slack, exact + slack


def compare_questions(wanted: Sequence[str], asked: Sequence[Asked]) -> Iterator[str]:
    """Hold what the customer's pages were asked against `page name=value name~part`."""
    for each in asked:
        if not each.is_signed:
            yield f"the question to {each.page} is not signed"
    for number, want in enumerate(wanted):
        if want == "...":
            return
        if number >= len(asked):
            yield f"nobody asked for [{want}] after [{', '.join(map(str, asked))}]"
            return
        page, *facts = _facts(want)
        if asked[number].page != page:
            yield f"question {number + 1} went to {asked[number]}, not to {page}"
            return
        yield from _compare_fields(page, facts, asked[number])
    for each in asked[len(wanted) :]:
        yield f"nobody wanted the question to {each}"


def _facts(want: str) -> list[str]:
    """Split at blanks that begin a fact; a value may hold blanks of its own."""
    parts: list[str] = []
    for word in want.split(" "):
        if not parts or "=" in word or "~" in word or word.startswith("!"):
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    return parts


def _compare_fields(page: str, facts: Iterable[str], asked: Asked) -> Iterator[str]:
    for fact in facts:
        if fact.startswith("!"):
            if fact[1:] in asked.form:
                yield f"{page} was told {fact[1:]}={asked.form[fact[1:]]}"
            continue
        name, sign, value = _split(fact)
        told = asked.method if name == "method" else asked.form.get(name, "")
        if (sign == "=" and told != value) or (sign == "~" and value not in told):
            yield f"{page} was told {name}={told!r}, not {fact}"


def _split(fact: str) -> tuple[str, str, str]:
    at = min(place for place in (fact.find("="), fact.find("~")) if place >= 0)
    return fact[:at], fact[at], fact[at + 1 :]


# An event is the JSON of a webhook.
def compare_end(
    wanted: str, cause: str, events: Sequence[dict[str, Any]], finals: Sequence[Asked]
) -> Iterator[str]:
    """Exactly one final event, and its status, failure code and cause are those wanted."""
    ends = [each for each in events if each["event"] in TERMINAL]
    if len(ends) != 1:
        yield f"{len(ends)} final events: {[each['event'] for each in events]}"
        return
    data, status = ends[0]["data"], wanted.partition(" ")[0]
    code = wanted.partition(" ")[2]
    if data["call_status"] != status:
        yield f"the call ended as {data['call_status']}, not {status} ({data})"
    told = str(data.get("failure_code") or data.get("failure_reason") or "")
    if told != code:
        yield f"the failure code is {told!r}, not {code!r}"
    if cause and data["hangup_cause"] != cause:
        yield f"the cause is {data['hangup_cause']}, not {cause}"
    if (ends[0]["event"] == "call.completed") != (status == "completed"):
        yield f"a call that is {status} ended with {ends[0]['event']}"
    if len(finals) > 1:
        yield f"the voice URL was told {len(finals)} times that the call is over"
