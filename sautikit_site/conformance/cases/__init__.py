"""All cases of the suite, and the choice of those that a run makes."""

from __future__ import annotations

from collections.abc import Collection

from sautikit_site.conformance.case import Case
from sautikit_site.conformance.cases import (
    ends,
    flow,
    foreign,
    hearing,
    joining,
    keys,
    recording,
    rooms,
    streaming,
)

ALL: tuple[Case, ...] = (
    *hearing.CASES,
    *keys.CASES,
    *flow.CASES,
    *joining.CASES,
    *recording.CASES,
    *rooms.CASES,
    *streaming.CASES,
    *foreign.CASES,
    *ends.CASES,
)


def choose(
    *, is_quick: bool, only: str, names: Collection[str] = (), engine: str = "native"
) -> list[Case]:
    """Return the cases of a run: those of these names, or by a part of their name if one is given."""
    known = [case.name for case in ALL]
    assert len(set(known)) == len(known), "two cases have one name"
    if names:
        return [case for case in ALL if case.name in names]
    return [
        case
        for case in ALL
        if only.lower() in case.name.lower()
        and (case.is_quick or not is_quick)
        and (engine == "native" or not case.is_native)
    ]
