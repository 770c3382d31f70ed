"""What a voice callback costs more through `sautikit listen` than straight to the voice URL."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from django.conf import settings

from bench import seed
from bench.rounds import Figure, compare
from calls import services as calls
from calls.models import Call
from kernel import http
from sautikit_site import crew, embedded
from sautikit_site.bootstrap import ROOT
from telephony import callback, ports
from telephony.models import Fetch

ASKED: Final = 60
DOCUMENT: Final = b'{"actions":[{"say":{"text":"Karibu."}}]}'
# Through three more processes and a stream; what counts is the time that is printed beside it.
FLOOR: Final = 0.04


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield p95 of relayed callbacks against direct ones, and say what the way round adds."""
    http.configure(http.Policy(allow_loopback=True))
    relayed, direct = seed.tenants(2)
    with _voice_server() as url:
        there, here = (_call(tenant, url) for tenant in (relayed, direct))
        with _laptop(environment, relayed, f"{url}/voice"):
            figure = compare(
                "voice callbacks a second at p95, through a laptop",
                lambda: 1 / _p95(there, is_relayed=True),
                peer_name="asked directly",
                peer=lambda: 1 / _p95(here),
                floor=FLOOR,
                rounds=rounds,
            )
    ours, peer = 1000 / figure.ours_per_second, 1000 / figure.peer_per_second
    added = f"p95 {ours:.1f} ms, asked directly {peer:.1f} ms: {ours - peer:.1f} ms more"
    print(f"a voice callback through a laptop: {added}", flush=True)
    yield figure


def _call(tenant: seed.Tenant, url: str) -> Call:
    return calls.place_call(
        workspace_id=tenant.workspace_id, mode="live", from_e164=tenant.number,
        to=["+254712345678"], voice_callback_url=f"{url}/voice",
    )  # fmt: skip


def _p95(call: Call, *, is_relayed: bool = False) -> float:
    spent = sorted(_ask(call, is_relayed=is_relayed) for _ in range(ASKED))
    return spent[int(ASKED * 0.95)]


def _ask(call: Call, *, is_relayed: bool = False) -> float:
    """Ask as the worker does and return the seconds it took."""
    fetch = Fetch(call=call, url=call.voice_url, purpose="start")
    started = time.perf_counter()
    answer = callback.ask(fetch)
    spent = time.perf_counter() - started
    assert (answer.reply.body, answer.is_relayed) == (DOCUMENT, is_relayed)
    return spent


@contextlib.contextmanager
def _laptop(environment: dict[str, str], tenant: seed.Tenant, url: str) -> Iterator[None]:
    """Run the web and live processes and a `sautikit listen` until the block ends."""
    with contextlib.ExitStack() as stack:
        live = str(embedded.free_port())
        told = {**environment, "LIVE_PORT": live, "LIVE_URL": f"http://127.0.0.1:{live}"}
        port = stack.enter_context(crew.working(told, "live", "web")).port("web")
        variables = {**environment, "PYTHONPATH": str(ROOT / "sdks" / "python")}
        stack.enter_context(_program(variables, "sautikit", "listen", "--voice", url, "--key",
            tenant.key, "--base-url", f"http://127.0.0.1:{port}", "--json"))  # fmt: skip
        _wait_for_listener(tenant)
        yield


@contextlib.contextmanager
def _program(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _wait_for_listener(tenant: seed.Tenant) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if ports.voice_listener(tenant.workspace_id, "live"):
            return
        time.sleep(0.1)
    raise SystemExit("the laptop did not begin to listen")


@contextlib.contextmanager
def _voice_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(DOCUMENT)))
            self.end_headers()
            self.wfile.write(DOCUMENT)

        def log_message(self, *_args: object) -> None:
            pass

    assert settings.SANDBOX, "the bench asks this machine"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
