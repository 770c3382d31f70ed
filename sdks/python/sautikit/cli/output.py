"""What the commands print: tables and sentences for people, or one JSON object a line."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from sautikit.cli.words import plain
from sautikit.errors import SautikitError
from sautikit.listening import Relayed

# An object of the API.
Row = Mapping[str, Any]
CLEAR_LINE = "\r\033[K"


@dataclass(frozen=True)
class Column:
    """A column of a table; a row says what stands in it."""

    title: str
    value: Callable[[Row], str]
    is_number: bool = False


def named(title: str, key: str) -> Column:
    """Return the column of a plain field."""
    return Column(title, lambda row: plain(row[key]))


class Output:
    """Prints whole lines from any thread."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._lock = threading.Lock()
        self._has_progress = False
        self._progress = ""

    def say(self, sentence: str, **facts: Any) -> None:
        """Print a sentence, or the facts behind it; no sentence means nothing for people."""
        if self.as_json:
            self._line(json.dumps(facts))
        elif sentence:
            self._line(sentence)

    def table(self, rows: Iterable[Row], columns: Sequence[Column], *, empty: str) -> None:
        """Print rows as a table, or each as the API gave it."""
        if self.as_json:
            for row in rows:
                self._line(json.dumps(row))
            return
        cells = [[column.value(row) for column in columns] for row in rows]
        if not cells:
            self._line(empty)
            return
        whole = [[column.title for column in columns], *cells]
        widths = [max(len(line[index]) for line in whole) for index in range(len(columns))]
        for line in whole:
            self._line(_aligned(line, widths, [column.is_number for column in columns]))

    def object(self, row: Row, facts: Sequence[tuple[str, str]]) -> None:
        """Print one object, a fact a line, or as the API gave it."""
        if self.as_json:
            self._line(json.dumps(row))
            return
        width = max(len(name) for name, _ in facts)
        for name, value in facts:
            self._line(f"{name:<{width}}  {value}")

    def progress(self, text: str, *, since: str = "") -> None:
        """Show how far it is, on one line that changes; a file gets a line for each new text."""
        if self.as_json:
            return
        with self._lock:
            if sys.stderr.isatty():
                print(CLEAR_LINE + text + since, end="", file=sys.stderr, flush=True)
                self._has_progress = True
            elif text != self._progress:
                print(text, file=sys.stderr, flush=True)
            self._progress = text

    def note(self, sentence: str) -> None:
        """Print something that is no result, beside the results."""
        with self._lock:
            self._end_progress()
            print(sentence, file=sys.stderr, flush=True)

    def error(self, sentence: str, **facts: Any) -> None:
        if self.as_json:
            self.note(json.dumps({"error": {"message": sentence, **facts}}))
            return
        self.note(f"sautikit: {sentence}")

    def problem(self, problem: SautikitError) -> None:
        """Print why the API refused: the sentence, its code, its page and the request id."""
        facts = {
            "status": problem.status,
            "code": problem.code,
            "request_id": problem.request_id,
            "doc_url": problem.doc_url,
        }
        if self.as_json:
            self.error(problem.message, **facts)
            return
        lines = [plain(problem.message)]
        lines += [
            f"  {name:<10}  {plain(value)}"
            for name, value in (
                ("code", problem.code),
                ("request id", problem.request_id),
                ("read more", problem.doc_url),
            )
            if value
        ]
        self.error("\n".join(lines))

    def relayed(self, it: Relayed) -> None:
        """Print one relayed request: when, kind, call, the local answer, how long it took."""
        facts: dict[str, Any] = {
            "kind": it.kind,
            "id": it.id,
            "event_id": it.event_id,
            "call_id": it.call_id,
            "url": it.url,
            "status": it.reply.status,
            "ms": it.reply.milliseconds,
            "error": it.reply.error,
        }
        answer = str(it.reply.status) if it.reply.status else f"FAILED {it.reply.error}"
        about = it.call_id or it.event_id
        clock = time.strftime("%H:%M:%S")
        self.say(
            f"{clock}  {it.kind:<22} {about:<36}  {answer}  {it.reply.milliseconds} ms", **facts
        )

    def _line(self, text: str) -> None:
        with self._lock:
            self._end_progress()
            print(text, flush=True)

    def _end_progress(self) -> None:
        if self._has_progress:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)
            self._has_progress = False


def _aligned(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    parts = [
        cell.rjust(width) if is_number else cell.ljust(width)
        for cell, width, is_number in zip(cells, widths, numbers)
    ]
    return "  ".join(parts).rstrip()
