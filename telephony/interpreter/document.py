"""A voice document: the ordered actions of one answer, or the one reason it cannot be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from telephony.interpreter.verb import Verb

BYTES_MAX = 64 * 1024
ACTIONS_MAX = 50
REMARKS_MAX = 20


class DocumentInvalid(Exception):
    """The document cannot be run: where it is wrong, what is wrong, how to mend it."""

    def __init__(self, where: str, message: str, mend: str) -> None:
        super().__init__(f"{where}: {message} {mend}")
        self.where = where
        self.message = message
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was not understood and skipped; the document still runs."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    actions: tuple[Verb, ...] = ()
    remarks: tuple[Remark, ...] = ()
    form: Literal["json", "xml"] = "json"


def refuse_oversize(raw: bytes) -> None:
    """Refuse a document past the limit before anything looks inside it."""
    if len(raw) > BYTES_MAX:
        raise DocumentInvalid(
            "document",
            f"The document is {len(raw)} bytes; the limit is {BYTES_MAX}.",
            "Send fewer actions and continue with a redirect.",
        )
