"""A listener: everything the platform would post to a public URL, posted to this laptop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

from sautikit import local
from sautikit.client import Sautikit
from sautikit.errors import SautikitError
from sautikit.local import LocalReply
from sautikit.stream import BROKEN, Message, Stream

VOICE_AT_ONCE = 16
LONGEST_PAUSE_SECONDS = 3.0


@dataclass
class Relayed:
    """One request that was posted here, and what became of it."""

    kind: str
    id: str
    event_id: str
    call_id: str
    method: str
    url: str
    headers: dict[str, str]
    body: str
    reply: LocalReply


class Listener:
    """Opens a listener at the API and posts what comes to local URLs, until it is closed.

    Events are posted one after the other, in their order; voice callbacks at once, because a
    caller waits. A stream that breaks is opened again and goes on where it stopped.
    """

    def __init__(
        self,
        client: Sautikit,
        *,
        forward: str = "",
        voice: str = "",
        events: Sequence[str] = ("*",),
        label: str = "",
        on_open: Callable[[dict[str, Any]], None] = lambda opened: None,
        on_relayed: Callable[[Relayed], None] = lambda relayed: None,
        on_trouble: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self._client = client
        self._forward = forward
        self._voice = voice
        self._events = list(events)
        self._label = label
        self._on_open = on_open
        self._on_relayed = on_relayed
        self._on_trouble = on_trouble
        self._done = threading.Event()
        self._last = ""
        self._stream: Stream | None = None
        self._is_told = False
        self._in_order = ThreadPoolExecutor(1, thread_name_prefix="events")
        self._at_once = ThreadPoolExecutor(VOICE_AT_ONCE, thread_name_prefix="voice")
        self.opened: dict[str, Any] = {}

    def run(self) -> None:
        """Listen until `close`; raises SautikitError when the key may not."""
        self._open()
        beats = threading.Thread(target=self._beat, name="beat", daemon=True)
        beats.start()
        pause = 0.2
        try:
            while not self._done.is_set():
                began = time.monotonic()
                self._listen()
                was_long = time.monotonic() - began > 10
                pause = 0.2 if was_long else min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._done.wait(pause)
        finally:
            self._done.set()
            self._leave()

    def close(self) -> None:
        """End `run` soon; safe in any thread and in a signal handler."""
        self._done.set()
        if self._stream is not None:
            self._stream.stop()

    def _open(self) -> None:
        self.opened = self._client.listeners.open(
            events=self._events, voice_url=self._voice, label=self._label
        )

    def _listen(self) -> None:
        """Read one stream to its end, whatever ends it."""
        try:
            self._stream = Stream(self.opened["stream_url"], last=self._last)
            if self._done.is_set():
                return
            if not self._is_told:
                self._is_told = True
                self._on_open(self.opened)
            for message in self._stream.messages():
                self._last = message.number or self._last
                self._take(message)
        except SautikitError as problem:
            self._open_again(problem)
        except BROKEN as problem:
            if not self._done.is_set():
                self._on_trouble(f"The stream broke ({problem}); connecting again.")
        finally:
            if self._stream is not None:
                self._stream.close()

    def _open_again(self, problem: SautikitError) -> None:
        """A listener that was forgotten is opened anew; a key that died ends it all."""
        if problem.status != 404:
            self._on_trouble(f"The stream was refused: {problem.message}")
            return
        self._open()

    def _take(self, message: Message) -> None:
        pool = self._at_once if message.name == "voice" else self._in_order
        pool.submit(self._relay, message)

    def _relay(self, message: Message) -> None:
        try:
            self._on_relayed(self._post(message))
        except SautikitError as problem:
            self._on_trouble(f"The answer was not taken: {problem.message}")
        except Exception as problem:  # A thread of a pool would swallow it.
            self._on_trouble(f"{type(problem).__name__}: {problem}")

    def _post(self, message: Message) -> Relayed:
        told, is_voice = message.data, message.name == "voice"
        url = told["url"] if is_voice else self._forward
        if is_voice and not local.same_origin(url, self._voice):
            raise SautikitError("a voice callback was for another address")
        reply = LocalReply(error="no --forward URL", sent=False)
        if url:
            reply = local.send(
                told["method"],
                url,
                told["headers"],
                told["body"].encode(),
                total_seconds=told.get("timeout_ms", local.TOTAL_SECONDS * 1000) / 1000,
                max_bytes=told.get("max_bytes", local.BODY_BYTES_MAX),
            )
        if is_voice:
            self._client.listeners.answer(self.opened["id"], told["id"], reply.as_answer())
        return Relayed(
            kind=told["kind"],
            id=told["id"],
            event_id=told.get("event_id") or "",
            call_id=_call_of(told) if is_voice else told.get("call_id") or "",
            method=told["method"],
            url=url,
            headers=told["headers"],
            body=told["body"],
            reply=reply,
        )

    def _beat(self) -> None:
        """Tell the platform that this laptop is there, until it is not."""
        while not self._done.wait(self.opened["beat_seconds"]):
            try:
                self._client.listeners.beat(self.opened["id"])
            except SautikitError:
                # The stream notices too and says so; the next beat may work.
                continue

    def _leave(self) -> None:
        # Its lease is over in seconds anyway.
        with suppress(SautikitError):
            self._client.listeners.close(self.opened["id"])
        for pool in (self._in_order, self._at_once):
            pool.shutdown(wait=False)


def _call_of(told: dict[str, Any]) -> str:
    """Read which call a voice callback is about, from its form or its query."""
    text = told["body"] or urlsplit(told["url"]).query
    return str(parse_qs(text).get("CallId", [""])[0])
