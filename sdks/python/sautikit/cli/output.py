"""What the commands print: lines for people, or one JSON object a line."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from sautikit.errors import SautikitError
from sautikit.listening import Relayed


class Output:
    """Prints whole lines from any thread."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._lock = threading.Lock()

    def say(self, sentence: str, **facts: Any) -> None:
        """Print a sentence, or the facts behind it; no sentence means nothing for people."""
        if self._as_json:
            self._line(json.dumps(facts))
        elif sentence:
            self._line(sentence)

    def note(self, sentence: str) -> None:
        """Print something that is no result, beside the results."""
        with self._lock:
            print(sentence, file=sys.stderr, flush=True)

    def error(self, sentence: str, **facts: Any) -> None:
        if self._as_json:
            self.note(json.dumps({"error": {"message": sentence, **facts}}))
            return
        self.note(f"sautikit: {sentence}")

    def problem(self, problem: SautikitError) -> None:
        """Print why the API refused, with its code and request id."""
        facts = {
            "status": problem.status,
            "code": problem.code,
            "request_id": problem.request_id,
            "doc_url": problem.doc_url,
        }
        shown = ", ".join(filter(None, (problem.code, problem.request_id)))
        if self._as_json:
            self.error(problem.message, **facts)
            return
        self.error(f"{problem.message} ({shown})" if shown else problem.message)

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
            print(text, flush=True)
