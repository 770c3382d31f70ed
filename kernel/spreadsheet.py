"""Lines of CSV that a spreadsheet opens without computing what somebody wrote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Final

# What a spreadsheet would take for a formula.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# A phone number begins with a plus and computes to nothing but itself.
_PHONE: Final = re.compile(r"\+[0-9]{3,15}")


class _Line:
    """The file that `csv` writes to: it hands back what it is given."""

    def write(self, text: str) -> str:
        return text


_writer: Final = csv.writer(_Line())


def line(cells: Iterable[str]) -> str:
    """Return one line with its end."""
    # The writer returns what the file's own write returned.
    written: str = _writer.writerow(cells)
    return written


def safe(words: str) -> str:
    """Keep a spreadsheet from computing what somebody wrote: it is text with an apostrophe."""
    if words.startswith(_FORMULA_SIGNS) and not _PHONE.fullmatch(words):
        return f"'{words}"
    return words
