"""Where the text of a document breaks the rules of its form, and how many more places there are."""

from __future__ import annotations

from dataclasses import dataclass

from telephony.interpreter.document import DocumentInvalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One character that should not be there, or should."""

    at: int
    message: str
    mend: str

    def refusal(self, text: str, form: str) -> DocumentInvalid:
        """Return it as the parser says it, with line and column."""
        before = text[: self.at]
        line, column = before.count("\n") + 1, self.at - (before.rfind("\n") + 1) + 1
        where = f"line {line}, column {column}"
        return DocumentInvalid(where, f"This is not {form}: {self.message}", self.mend)
