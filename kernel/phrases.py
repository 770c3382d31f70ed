"""Sentences that are English to programs and that a page can say in its reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Phrase(str):
    """An English sentence that remembers the pattern and the facts it was made of."""

    pattern: str
    facts: Mapping[str, object]

    def __new__(cls, pattern: str, **facts: object) -> Phrase:
        made = super().__new__(cls, pattern.format(**facts))
        made.pattern, made.facts = pattern, facts
        return made


def one_of(values: Iterable[object]) -> Phrase:
    """Say which values there are to choose from."""
    return Phrase("must be one of {values}", values=", ".join(map(str, values)))
