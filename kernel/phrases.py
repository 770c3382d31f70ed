"""Sentences that are English to programs and that a page can say in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping


class Phrase(str):
    """An English sentence that remembers the pattern and the facts it was made of."""

    pattern: str
    facts: Mapping[str, object]

    def __new__(cls, pattern: str, **facts: object) -> Phrase:
        made = super().__new__(cls, pattern.format(**facts))
        made.pattern, made.facts = pattern, facts
        return made
