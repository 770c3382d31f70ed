"""The customer's side of the story: the voice callback and the webhook of the walkthrough."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

MENU = {
    "actions": [
        {
            "say": {
                "text": "Hi from Sautikit. Press 1 for sales, or 2 for support.",
                "language": "en-KE",
            }
        },
        {
            "getDigits": {
                "numDigits": 1,
                "timeout": 8,
                "finishOnKey": "#",
                "action": "/voice/handle-choice",
            }
        },
    ]
}


# What a voice URL answers: a document in the JSON form, or the text of one in XML.
Document = dict[str, Any] | str


def connecting(to: str) -> dict[str, Any]:
    return {"actions": [{"say": {"text": f"Connecting you to {to}.", "language": "en-KE"}}]}


@dataclass(frozen=True, slots=True)
class Post:
    """One request the customer's server received."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    # A webhook body is the envelope of the contract.
    @property
    def event(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


def answer(post: Post) -> Document:
    """Answer as the walkthrough's code does."""
    path = post.path.split("?")[0]
    if path == "/voice":
        return MENU if post.form.get("isActive", "1") == "1" else {"actions": []}
    if path == "/voice/handle-choice":
        return connecting("sales" if post.form.get("Digits") == "1" else "support")
    return {}


@dataclass
class CustomerServer:
    """A server on this machine that answers like the express handler of the walkthrough."""

    answer: Callable[[Post], Document] = answer
    posts: list[Post] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}"

    def received(self, path: str) -> list[Post]:
        return [post for post in self.posts if post.path.split("?")[0] == path]

    def webhooks(self) -> dict[str, Post]:
        """Return the last webhook of each event name."""
        return {post.event["event"]: post for post in self.received("/webhooks/sautikit")}

    def __enter__(self) -> CustomerServer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _failure: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


def _handler(owner: CustomerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            post = Post(self.path, headers, self.rfile.read(length))
            owner.posts.append(post)
            document = owner.answer(post)
            is_xml = isinstance(document, str)
            body = (document if isinstance(document, str) else json.dumps(document)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml" if is_xml else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        # The signature is the standard library's; the story prints what matters itself.
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    return Handler
