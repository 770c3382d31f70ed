"""A whole exchange for tests: the real gateway and engine, a worker, a customer's voice server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from calls.models import Call
from kernel import clock, http, work
from kernel.env import child_environment
from telephony.models import Engine
from tests.telephony.engine.child import Sipp, free_port

RINGS = 5


class Voice:
    """A customer's voice server: `pages` maps a path to what it answers, in order, then the last."""

    def __init__(self, **pages):
        self.pages = {f"/{path}": list(answers) for path, answers in pages.items()}
        self.asked = []

    def __enter__(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.answer(body)

            def do_GET(self):
                self.answer(b"")

            def answer(self, body):
                parts = urlsplit(self.path)
                form = {k: v[0] for k, v in parse_qs(body.decode(), True).items()}
                owner.asked.append((parts.path, form, dict(self.headers), body, parts.query))
                if form.get("isActive") == "0":
                    answers = [(204, "text/plain", b"")]
                else:
                    answers = owner.pages.get(parts.path) or [(404, "text/plain", b"")]
                found = answers.pop(0) if len(answers) > 1 else answers[0]
                status, kind, text, *more = found
                self.send_response(status)
                self.send_header("Content-Type", kind)
                for name, value in more:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_failure):
        self.server.shutdown()
        self.server.server_close()

    def paths(self):
        return [path for path, form, *_ in self.asked if form.get("isActive") != "0"]

    def final(self):
        return next(form for _, form, *_ in self.asked if form.get("isActive") == "0")


def say(*actions):
    """A JSON document of these actions."""
    return (200, "application/json", json.dumps({"actions": list(actions)}).encode())


def xml(text):
    return (200, "application/xml", text.encode())


@contextmanager
def worker():
    """Run due work in this process, as a Celery worker would."""
    stop = threading.Event()

    def pump():
        while not stop.is_set():
            for work_id, _queue, token in work.lease_due():
                work.run(str(work_id), str(token))
            stop.wait(0.02)
        connection.close()

    thread = threading.Thread(target=pump)
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        http.configure(before)


class Exchange:
    """`manage.py engine` with many trunks; each test has one of its own that leads to SIPp.

    A late packet of one test so never meets the peer of the next one.
    """

    def __init__(self, folder, *, trunks=80, **variables):
        self.folder = Path(folder)
        self.sip_port = free_port()
        low = free_port()
        self.trunks = [self._trunk(number, free_port()) for number in range(trunks)]
        self._next = iter(self.trunks)
        self.variables = {
            "SIP_TRUNKS": json.dumps(self.trunks),
            "SIP_PORT": str(self.sip_port),
            "RTP_PORT_MIN": str(low + 400),
            "RTP_PORT_MAX": str(low + 599),
            "VAR_DIR": str(self.folder),
            "ENGINE_TAP_DIR": str(self.folder / "taps"),
            "SAUTIKIT_READY_FILE": str(self.folder / "ready"),
            "SAUTIKIT_NO_VENV": "1",
            **variables,
        }
        self.log = self.folder / "gateway.log"
        self.process = None
        self.peers = []
        self._row = None
        self.renew()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_failure):
        self.close_peers()
        try:
            if self.process.poll() is None:
                self.process.terminate()
                self.process.wait(60)
        finally:
            # What it wrote while it stopped belongs to no test.
            TransactionTestCase()._fixture_teardown()

    def _trunk(self, number, port):
        login = {"username": "sauti", "password": "kit", "mode": "both"}
        prefixes = [f"+2547123400{number:02d}"]
        return {
            "name": f"t{number}",
            "host": "127.0.0.1",
            "port": port,
            "prefixes": prefixes,
        } | login

    def renew(self):
        """Take the next trunk and the number behind it."""
        trunk = next(self._next)
        self.trunk_port, self.friend = trunk["port"], trunk["prefixes"][0]
        settings.SIP_TRUNKS = self.trunks

    def keep_row(self):
        """Remember the engine before the database is emptied under the running gateway."""
        self._row = self.engine()

    def wait_until_ready(self):
        """Wait for an engine that listens and that the database knows.

        The gateway writes a lost row anew within two seconds; putting it back is sooner.
        """
        if self._row and _is_alive(self._row):
            self._row.lease_until = clock.now() + timedelta(seconds=10)
            Engine.objects.bulk_create([self._row], ignore_conflicts=True)
        wait_for(self._is_ready, seconds=15, story=self.log.read_text)

    def _is_ready(self):
        found = self.engine()
        return found and found.sip_port and found.lease_until > clock.now() and _is_alive(found)

    def close_peers(self):
        settings.SIP_TRUNKS = []
        while self.peers:
            self.peers.pop().close()

    def start(self):
        (self.folder / "ready").unlink(missing_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "engine"],
                env=child_environment(**self.variables),
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for((self.folder / "ready").exists, seconds=30, story=self.log.read_text)

    def kill(self):
        self.process.kill()
        self.process.wait(5)

    def kill_engine(self):
        os.kill(self.engine().pid, signal.SIGKILL)

    def engine(self):
        return Engine.objects.filter(closed_at=None).order_by("-created_at").first()

    def peer(self, scenario, **options):
        """The called party: SIPp on the trunk's port."""
        return self._keep(Sipp(self.folder, scenario, port=self.trunk_port, **options))

    def caller(self, scenario, to, **words):
        """A caller from the trunk into one of our numbers."""
        options = ("-s", to, "-key", "from", "+254712345678")
        remote = f"127.0.0.1:{self.sip_port}"
        return self._keep(
            Sipp(self.folder, scenario, *options, port=self.trunk_port, remote=remote, **words)
        )

    def _keep(self, peer):
        self.peers.append(peer)
        return peer


def _is_alive(engine):
    return Path(f"/proc/{engine.pid}").exists()


def wait_for(found, *, seconds=10, story=None):
    # A busy machine may need far longer than the far end does.
    deadline = time.monotonic() + 4 * seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise AssertionError(story() if story else "it did not happen in time")
        time.sleep(0.03)
    return value


def final(call, *, seconds=30, story=None):
    """Wait until a call is over and return it."""
    wait_for(lambda: Call.objects.get(pk=call.pk).is_final, seconds=seconds, story=story)
    return Call.objects.get(pk=call.pk)
