"""Where a piece of a document stands, and how to say that it is wrong there."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from telephony.interpreter.document import REMARKS_MAX, DocumentInvalid, Remark

BODY = ""
"""The XML place of a value that is the text of the element and not one of its attributes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a document: a JSON path, or the line, column and element of XML."""

    where: str
    remarks: list[Remark] = field(default_factory=list)
    speaks_twiml: bool = False

    def key(self, name: str) -> Place:
        return replace(self, where=f"{self.where}.{name}" if self.where else name)

    def item(self, index: int) -> Place:
        return replace(self, where=f"{self.where}[{index}]")

    def element(self, element: Element) -> Place:
        return replace(self, where=element.where)

    def refuse(self, message: str, mend: str) -> DocumentInvalid:
        return DocumentInvalid(self.where, message, mend)

    def remark(self, message: str) -> None:
        """Keep a warning; past the limit further ones add nothing and are left out."""
        if len(self.remarks) < REMARKS_MAX:
            self.remarks.append(Remark(self.where, message))


@dataclass(slots=True)
class Element:
    """An XML element with the line and column it began at."""

    name: str
    attributes: dict[str, str]
    line: int
    column: int
    texts: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"line {self.line}, column {self.column} <{self.name}>"

    @property
    def text(self) -> str:
        """The words inside; line breaks and indentation of the markup are not part of them."""
        return " ".join("".join(self.texts).split())


def shown(value: object) -> str:
    """Quote what the customer sent, short enough to read and safe to store."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def nearest(word: str, words: Iterable[str]) -> str:
    """Name the known word that was probably meant, or nothing."""
    known = {each.lower(): each for each in words}
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return known[close[0]] if close else ""
