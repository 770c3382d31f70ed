"""Which line of a document a finding is about, so that the editor can lead there."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import count

LINE = re.compile(r"line (\d+)")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
BLANK = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()

Path = list[str | int]


def line_of(text: str, where: str) -> int:
    """Return the line of a JSON path or of a place in XML; the first when nothing is there."""
    if found := LINE.match(where):
        return int(found[1])
    path: Path = [key or int(index) for key, index in STEP.findall(where)]
    if path == ["document"]:
        return 1
    return text.count("\n", 0, _find(text, _skip(text, 0), path)) + 1


def _find(text: str, at: int, path: Path) -> int:
    """Return where the value of a path begins, or that of the innermost one that is there."""
    if not path:
        return at
    inner: int | None = None
    with suppress(ValueError, IndexError, RecursionError):
        inner = _item(text, at, path[0]) if isinstance(path[0], int) else _key(text, at, path[0])
    return at if inner is None else _find(text, inner, path[1:])


def _item(text: str, at: int, wanted: int) -> int | None:
    if text[at] != "[":
        return None
    for index in count():
        at = _skip(text, at + 1)
        if text[at] == "]":
            return None
        if index == wanted:
            return at
        at = _skip(text, DECODER.raw_decode(text, at)[1])
    return None


def _key(text: str, at: int, wanted: str) -> int | None:
    if text[at] != "{":
        return None
    while text[at] != "}":
        at = _skip(text, at + 1)
        if text[at] != '"':
            return None
        key, end = DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, end) + 1)
        if key == wanted:
            return start
        at = _skip(text, DECODER.raw_decode(text, start)[1])
    return None


def _skip(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at
