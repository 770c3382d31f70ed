"""Samples for a web page, run in Chromium: a phone that connects, calls and is called."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from sautikit_site.quickstart.client import wait_for
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Page, Sample
from sautikit_site.samples.place import NUMBERS, Place
from sautikit_site.samples.shell import localised

CLIENT: Final = "alice"
LIBRARY: Final = "/static/sdk/webrtc-1/sautikit-webrtc.js"
CHROMIUM: Final = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic", "--disable-gpu", "--no-sandbox",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
)  # fmt: skip


def run(sample: Sample, page: Page, place: Place) -> None:
    """Show a page made of the sample, and see that it does what it says; raises Wrong."""
    place.unroute(NUMBERS[0])
    place.quiet()
    with _served(_document(sample, page, place), place) as address, _visited(address) as said:
        if "phone.call(" in sample.code.content:
            place.rings(seconds=60)
            _hear(said, "it rings")
        elif '"incoming"' in sample.code.content:
            _hear(said, "ready")
            _call_the_page(place)
            _hear(said, "calls")
        else:
            _hear(said, "connected")
    place.quiet()


def _document(sample: Sample, page: Page, place: Place) -> str:
    """Return the page: as printed, or the modules of this and the blocks before it together."""
    if sample.code.language == "html":
        shown = "" if "connect({" in sample.code.content else "console.log('connected', connect);\n"
        text = localised(sample.code.content, place)
        return text.replace("</script>", f"{shown}</script>")
    before = [it for it in page.samples if it.code.language == "js" and it.number <= sample.number]
    blocks = [it.code.content for it in before]
    if len(blocks) > 1:
        # One that is called does not call anybody meanwhile.
        blocks[0] = blocks[0].partition("const call =")[0]
    names = json.dumps({"imports": {"@sautikit/webrtc": f"{place.url}{LIBRARY}"}})
    code = "\n".join([*blocks, "console.log('ready');"])
    return f'<script type="importmap">{names}</script><script type="module">{code}</script>'


def _call_the_page(place: Place) -> None:
    """Let the page's client be called by a document."""
    place.server.answer = lambda _post: {"actions": [{"dial": {"client": CLIENT}}]}
    wish = {
        "from": NUMBERS[0],
        "to": ["+254711000001"],
        "voice_callback_url": f"{place.server.url}/dial",
    }
    place.api(place.live_key).call("POST", "/v1/calls", wish)


def _hear(said: list[str], word: str) -> None:
    wait_for(
        f"the page to say “{word}”", lambda: any(word in it for it in said) or None, seconds=60
    )


@contextmanager
def _served(document: str, place: Place) -> Iterator[str]:
    """Serve the page, and the route of a customer that asks for the token."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("text/html", f"<!doctype html><meta charset=utf-8>{document}".encode())

        def do_POST(self) -> None:
            wish = {"client_name": CLIENT, "phone_number": NUMBERS[0]}
            told = place.api(place.live_key).call("POST", "/v1/webrtc/token", wish)
            self._answer("application/json", json.dumps(told).encode())

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        # The signature is the standard library's; nobody reads this.
        def log_message(self, *_told: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/page.html"
    finally:
        server.shutdown()
        server.server_close()
        place.reset_answers()


@contextmanager
def _visited(address: str) -> Iterator[_Said]:
    """Visit a page in a browser of its own, in a process of its own; gives what the page says."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Wrong("chromium is not installed: sudo python3 manage.py system_packages")
    said = _Said(address, chromium)
    try:
        yield said
    finally:
        said.close()


class _Said(list[str]):
    """The lines of a page's console, filled by a thread that has the browser."""

    def __init__(self, address: str, chromium: str) -> None:
        super().__init__()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._visit, args=(address, chromium), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._done.set()
        self._thread.join(30)

    def _visit(self, address: str, chromium: str) -> None:
        # The driver keeps an event loop in its thread, so the thread is its own.
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=list(CHROMIUM))
            page = browser.new_context(permissions=["microphone"]).new_page()
            page.on("console", lambda it: self.append(it.text))
            page.on("pageerror", lambda it: self.append(f"error: {it}"))
            page.goto(address)
            while not self._done.is_set():
                page.wait_for_timeout(200)
            browser.close()
