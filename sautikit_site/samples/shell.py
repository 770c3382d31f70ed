"""Lines for a shell, run as they are printed by the reader of a page."""

from __future__ import annotations

import re
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from sautikit_site.conformance import waves
from sautikit_site.samples import cli
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Sample
from sautikit_site.samples.place import NUMBERS, Place, root

SECONDS: Final = 240
# Where the pages say that the API, or the sandbox, is.
ADDRESSES: Final = ("https://api.sautikit.com", "http://127.0.0.1:8000")
# The key that a page gives one reminder.
REMINDER: Final = "reminder-2026-11-23-0712345678"
# A line that stays until Ctrl-C.
STAYS: Final = re.compile(r"^sautikit listen (?!.*--resend)", re.MULTILINE)
# A prompt of a live key rings a telephone; samples of events belong to test mode.
TEST: Final = re.compile(r"sautikit |tsk_test_")


def run(sample: Sample, place: Place, folder: Path) -> str:
    """Run the lines of a sample and return what they said; raises Wrong."""
    text = sample.code.content
    if "manage.py" in text:
        return _finish(place, localised(text, place), place.operator, root())
    key = place.test_key if TEST.search(text) else place.live_key
    _prepare(sample, place, folder)
    script = localised(text, place)
    for printed, there in facts(sample, place).items():
        script = script.replace(printed, there)
    script = re.sub(r"tsk_(live|test)_\.\.\.", key, script)
    if script.startswith("go get") and not (folder / "go.mod").exists():
        # The page says that it is typed in a module.
        script = f"go mod init sample\n{script}"
    if script.startswith("sautikit login"):
        return cli.log_in(place, script)
    if "sautikit doctor" in script:
        # The reader's own server, which answers.
        script = script.replace("https://your-app.example.com", place.server.url)
    if "localhost:3000" in script:
        return _with_server(place, script, place.variables(key), folder)
    return _finish(place, script, place.variables(key), folder)


def localised(text: str, place: Place) -> str:
    """Put this platform in the place of the one that the page speaks of."""
    for address in (settings.PUBLIC_URL, *ADDRESSES):
        text = text.replace(address, place.url)
    return text


def _prepare(sample: Sample, place: Place, folder: Path) -> None:
    if sample.stem == "claim":
        place.give_back(NUMBERS[0])
    elif "/v1/" in sample.code.content and sample.stem != "onboarding":
        place.hold(*NUMBERS)
    if "/v1/calls" in sample.code.content:
        place.quiet()
    if "greeting.wav" in sample.code.content:
        # The reader's own file.
        (folder / "greeting.wav").write_bytes(waves.wav(waves.tone(450, 0.5), rate=8000))


def facts(sample: Sample, place: Place) -> dict[str, str]:
    """Return what stands there for what the page cannot know."""
    found = {}
    text = sample.code.content
    if REMINDER in text:
        # The page's reader sends it in one language only; a key that was used is another's.
        found[REMINDER] = f"{REMINDER}-{secrets.token_hex(4)}"
    if "<your-session-cookie>" in text:
        found["<your-session-cookie>"] = place.session()
    if "NUMBER_ID" in text:
        found["$NUMBER_ID"] = str(place.hold(*NUMBERS)[NUMBERS[0]]["id"])
    if "CALL_ID" in text or "HD_24d73b4518bc" in text:
        call = place.talking()
        found |= {"$CALL_ID": call["call_id"], "HD_24d73b4518bc": call["session_id"]}
    return found


def _finish(place: Place, script: str, variables: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Wrong(f"exited with {done.returncode}\n{script}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _with_server(place: Place, script: str, variables: dict[str, str], folder: Path) -> str:
    """Run a line beside the local server that it speaks of."""
    heard: list[str] = []
    server = _server(heard)
    script = script.replace("localhost:3000", f"localhost:{server.server_port}")
    try:
        if STAYS.search(script):
            return _until_it_relays(place, script, variables, heard)
        return _finish(place, script, variables, folder)
    finally:
        server.shutdown()
        server.server_close()


def _until_it_relays(place: Place, script: str, variables: dict[str, str], heard: list[str]) -> str:
    """Start a line that stays, see that an event reaches the local server, and press Ctrl-C."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {script.strip()}"], env=variables, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        _until(lambda: bool(said), process, said)
        body = {"event": "call.completed"}
        place.api(place.test_key).call("POST", "/v1/events/trigger", body)
        _until(lambda: bool(heard), process, said)
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
        reader.join(10)
    if code != 0:
        raise Wrong(f"it ended with {code}: {''.join(said)}")
    return "".join(said)


def _until(look: Callable[[], bool], process: subprocess.Popen[str], said: list[str]) -> None:
    deadline = time.monotonic() + 60
    while not look():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Wrong(f"it did not do what the page says: {''.join(said)}")
        time.sleep(0.1)


def _server(heard: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        # The signature is the standard library's; nobody reads this.
        def log_message(self, *_told: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
