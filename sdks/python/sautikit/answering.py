"""Answering calls with documents from this laptop: what a voice server does, without one."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

from sautikit.client import Sautikit
from sautikit.errors import SautikitError
from sautikit.listening import Listener

OPEN_SECONDS = 30.0


class Answering:
    """While it is open, calls of a test key are answered with these documents.

    `documents` are voice documents by path, JSON as objects and XML as text; the first one is where
    a call begins. `on_asked` is told the path and the form of each question.
    """

    def __init__(
        self,
        client: Sautikit,
        documents: Mapping[str, Any],
        *,
        on_asked: Callable[[str, dict[str, str]], None] = lambda path, form: None,
    ) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.documents = {path: _written(it) for path, it in documents.items()}  # type: ignore[attr-defined]
        self._server.on_asked = on_asked  # type: ignore[attr-defined]
        self._is_open = threading.Event()
        self._failure: SautikitError | None = None
        first = next(iter(documents))
        port = self._server.server_address[1]
        self._listener = Listener(
            client,
            voice=f"http://127.0.0.1:{port}{first}",
            events=[],
            label="documents of the command line",
            on_open=lambda opened: self._is_open.set(),
        )
        self._threads = [
            threading.Thread(target=self._server.serve_forever, daemon=True),
            threading.Thread(target=self._listen, daemon=True),
        ]

    def __enter__(self) -> Answering:
        for thread in self._threads:
            thread.start()
        self._is_open.wait(OPEN_SECONDS)
        if self._failure is not None:
            self.close()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Answer no more; calls ask the URL of their number again."""
        self._listener.close()
        self._server.shutdown()
        self._server.server_close()
        self._threads[1].join(10)

    def _listen(self) -> None:
        try:
            self._listener.run()
        except SautikitError as problem:
            self._failure = problem
            self._is_open.set()


class _Handler(BaseHTTPRequestHandler):
    """Answers each path with its document."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = urlsplit(self.path)
        form = {name: values[-1] for name, values in parse_qs(told or asked.query).items()}
        # The last request of a call only says that it is over.
        if form.get("isActive") != "0":
            self.server.on_asked(asked.path, form)  # type: ignore[attr-defined]
        found = self.server.documents.get(asked.path)  # type: ignore[attr-defined]
        raw = found or b"no document at this path"
        is_xml = raw[:1] == b"<"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/xml" if is_xml else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST

    # What the server of the standard library prints is not for the person at this terminal.
    def log_message(self, format: str, *args: Any) -> None:
        return


# A document as it was given.
def _written(document: Any) -> bytes:
    text = document if isinstance(document, str) else json.dumps(document)
    return text.strip().encode()
