"""The customer of a run: a voice server and a webhook target that remember who asked what."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from sautikit_site.conformance import waves
from sautikit_site.conformance.bots import Bots

_HOST: Final = "127.0.0.1"
_DRIP_SECONDS: Final = 0.5
# What is told of a recording or a stream may come after the end of its call.
_OF_PARTS: Final = frozenset({"recordingStatus", "streamEvent"})
JSON: Final = "application/json"
XML: Final = "application/xml"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answers; a plain list of actions or a string of XML is short for one."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    # How long the server thinks before it says anything.
    wait_seconds: float = 0.0
    # Whether the body then comes so slowly that nobody waits for its end.
    drips: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the exchange."""

    page: str
    method: str
    form: Mapping[str, str]
    query: str
    at: float
    is_signed: bool

    def __str__(self) -> str:
        names = ("CallSessionState", "Digits", "failureCode", "dialCallStatus", "recordingStatus")
        told = " ".join(f"{name}={self.form[name]}" for name in names if name in self.form)
        return f"{self.page} {told}".strip()


@dataclass
class Visits:
    """What a case's pages were asked, and the events it was told."""

    pages: Mapping[str, list[Answer]]
    asked: list[Asked] = field(default_factory=list)
    ends: list[Asked] = field(default_factory=list)
    # An event is the JSON of a webhook.
    events: list[dict[str, Any]] = field(default_factory=list)
    # Those a document dials are calls of their own, with events of their own.
    call_id: str = ""
    _turns: dict[str, int] = field(default_factory=dict)

    def next_answer(self, page: str) -> Answer:
        answers = self.pages.get(page)
        if answers is None:
            return Answer(b"no such page", 404)
        turn = self._turns.get(page, 0)
        self._turns[page] = turn + 1
        return answers[min(turn, len(answers) - 1)]

    # An event is the JSON of a webhook.
    def own_events(self) -> list[dict[str, Any]]:
        """Return the events of the case's own call."""
        own = self.call_id or (self.asked[0].form["CallId"] if self.asked else "")
        return [each for each in self.events if each["data"].get("call_id") == own]

    def event(self, *names: str) -> dict[str, Any] | None:
        return next((each for each in self.own_events() if each["event"] in names), None)


# What a case writes: actions, XML, bytes of any kind, or a full answer.
def as_answer(written: Any) -> Answer:
    """Make an answer of the short forms that cases write."""
    if isinstance(written, Answer):
        return written
    if isinstance(written, str):
        kind = XML if written.lstrip().startswith("<") else JSON
        return Answer(written.encode(), kind=kind)
    if isinstance(written, bytes):
        return Answer(written, kind=JSON)
    document = written if isinstance(written, dict) else {"actions": written}
    return Answer(json.dumps(document).encode(), kind=JSON)


class Customer:
    """One HTTP server for all cases: `/c/<case>/<page>`, tones below it, events at `/e/<case>`."""

    def __init__(self) -> None:
        self.secret = ""
        self.visits: dict[str, Visits] = {}
        self._lock = threading.Lock()
        self._server = _server(self)
        self.url = f"http://{_HOST}:{self._server.server_port}"
        self._deaf = _deaf_sockets()
        self.bots = Bots()
        threading.Thread(target=self._server.serve_forever, name="customer", daemon=True).start()

    @property
    def deaf_url(self) -> str:
        """An address that lets nobody in: connecting to it takes until the caller gives up."""
        return f"http://{_HOST}:{self._deaf[0].getsockname()[1]}"

    @property
    def closed_url(self) -> str:
        """An address that refuses at once."""
        with socket.socket() as probe:
            probe.bind((_HOST, 0))
            return f"http://{_HOST}:{probe.getsockname()[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.bots.close()
        for sock in self._deaf:
            sock.close()

    def take(self, request: BaseHTTPRequestHandler) -> Answer:
        """Answer one request and remember it."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        parts = urlsplit(request.path)
        _, kind, name, *rest = [*parts.path.split("/"), "", ""]
        page = "/".join(rest).strip("/")
        visits = self.visits.get(name)
        if visits is None:
            return Answer(b"no such case", 404)
        if page.startswith("tone/"):
            return _tone(page)
        if page.endswith(".wav"):
            # Sounds are fetched like any file, and how often is not the document's business.
            return visits.next_answer(page)
        with self._lock:
            if kind == "e":
                visits.events.append(json.loads(body))
                return Answer()
            form = dict(parse_qsl(body.decode(), True) or parse_qsl(parts.query, True))
            signed = _is_signed(self.secret, body, request.headers.get("X-Sautikit-Signature", ""))
            asked = Asked(page, request.command, form, parts.query, time.monotonic(), signed)
            if form.get("isActive") == "0" and _OF_PARTS.isdisjoint(form):
                # A guest has an end of its own, which is not the case's.
                if page == "voice":
                    visits.ends.append(asked)
                return Answer(status=204)
            visits.asked.append(asked)
            return visits.next_answer(page)


def _is_signed(secret: str, body: bytes, header: str) -> bool:
    """Check the signature as the contract describes it: v1 of the body, a dot and the time."""
    told = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    signed = body + b"." + told.get("t", "").encode()
    mark = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(mark, told.get("v1", ""))


def _tone(page: str) -> Answer:
    """Make `tone/440/1.5.wav`, or `tone/440/1.5/16000x2.wav` at another rate in two channels."""
    _, hertz, seconds, *more = page.removesuffix(".wav").split("/")
    rate, _, channels = more[0].partition("x") if more else ("8000", "", "1")
    samples = waves.tone(float(hertz), float(seconds))
    sound = waves.wav(samples, rate=int(rate), channels=int(channels or 1))
    return Answer(sound, kind="audio/wav")


def _server(owner: Customer) -> ThreadingHTTPServer:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = owner.take(self)
            time.sleep(answer.wait_seconds)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.drips:
                self._drip(answer.body)
            else:
                self.wfile.write(answer.body)

        do_GET = do_POST  # noqa: N815  The library's name.

        def _drip(self, body: bytes) -> None:
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                time.sleep(_DRIP_SECONDS)

        # The parameters are the library's.
        def log_message(self, *_arguments: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

        # The parameters are the library's.
        def handle_error(self, *_arguments: Any) -> None:
            """A caller that gives up while we answer slowly is what such a case wants."""

    return Server((_HOST, 0), Door)


def _deaf_sockets() -> list[socket.socket]:
    """Fill a listener that accepts nobody: whoever comes next waits for ever."""
    listener = socket.socket()
    listener.bind((_HOST, 0))
    listener.listen(0)
    waiting = [listener]
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(listener.getsockname())
        waiting.append(sock)
    return waiting
