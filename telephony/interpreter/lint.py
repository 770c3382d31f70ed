"""Judging a document without running it: everything that is wrong with it, not only the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telephony.interpreter.document import Document, DocumentInvalid, Remark
from telephony.interpreter.in_the_open import in_the_open
from telephony.interpreter.json_form import ACTIONS, list_of_actions
from telephony.interpreter.parse import is_json, parse
from telephony.interpreter.verb import Verb, read_action, read_element
from telephony.interpreter.xml_form import list_of_elements
from telephony.verbs import BY_ELEMENT, BY_NAME

ERRORS_MAX = 50
ENDS = ("hangup",)

Reader = Callable[[], Verb | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a call would make of a document: nothing of it runs while it has an error."""

    errors: tuple[DocumentInvalid, ...] = ()
    warnings: tuple[Remark, ...] = ()
    actions: int = 0

    @property
    def is_valid(self) -> bool:
        return not self.errors


def lint(raw: bytes, content_type: str = "") -> Verdict:
    """Read every action, going on after one that cannot be read; the parser itself is the judge."""
    try:
        readers, remarks = _readers(raw, content_type)
    except DocumentInvalid as problem:
        return Verdict((problem,))
    errors = [refused for refused in map(_refusal, readers) if refused]
    if errors:
        return Verdict(tuple(errors[:ERRORS_MAX]), tuple(remarks))
    try:
        document = parse(raw, content_type)
    except DocumentInvalid as problem:
        return Verdict((problem,), tuple(remarks))
    warnings = (*document.remarks, *_never_run(document), *in_the_open(raw, content_type))
    return Verdict((), warnings, len(document.actions))


def _readers(raw: bytes, content_type: str) -> tuple[list[Reader], list[Remark]]:
    """Return one reader for each action, and where they leave their remarks."""
    if is_json(raw, content_type):
        values = list_of_actions(raw)
        spots = [(value, ACTIONS.item(at)) for at, value in enumerate(values)]
        return [partial(read_action, value, BY_NAME, spot) for value, spot in spots], []
    place, elements = list_of_elements(raw)
    return [partial(read_element, each, BY_ELEMENT, place) for each in elements], place.remarks


def _refusal(reader: Reader) -> DocumentInvalid | None:
    try:
        reader()
    except DocumentInvalid as problem:
        return problem
    return None


def _never_run(document: Document) -> list[Remark]:
    """Warn about actions that stand after the end of the call."""
    for at, verb in enumerate(document.actions[:-1]):
        if verb.NAME in ENDS:
            after = len(document.actions) - at - 1
            return [Remark(f"actions[{at}].{verb.NAME}", f"{after} actions after it never run.")]
    return []
