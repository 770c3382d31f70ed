"""The processes that answer a browser, on free ports: web, live and the sandbox."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT

_READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the pages are, and what every process of this small platform was told."""

    url: str
    smtp_port: int
    environment: dict[str, str]


@contextlib.contextmanager
def opened(environment: Mapping[str, str]) -> Iterator[Doors]:
    """Serve an installation whose servers run already, for as long as the block lasts."""
    with contextlib.ExitStack() as stack:
        web, live = (stack.enter_context(_listening()) for _ in range(2))
        http, smtp = embedded.free_port(), embedded.free_port()
        variables = {**environment, **_addresses(web, live, http, smtp)}
        log = stack.enter_context((Path(variables["VAR_DIR"]) / "doors.log").open("ab"))
        gunicorn = (
            "gunicorn",
            "-c",
            "python:sautikit_site.gunicorn",
            "--access-logfile",
            os.devnull,
        )
        commands = (
            (["manage.py", "sandbox"], None),
            (["-m", "sautikit_site.live_server", str(live.fileno())], live),
            (["-m", *gunicorn, "--bind", f"fd://{web.fileno()}", "sautikit_site.wsgi:application"], web),
        )  # fmt: skip
        for command, inherited in commands:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=variables,
                stdout=log,
                stderr=log,
                pass_fds=[inherited.fileno()] if inherited else [],
                preexec_fn=embedded.child_setup(signal.SIGKILL),
            )
            stack.callback(_end, process)
        for port in (http, smtp, _port(live), _port(web)):
            _wait_for(port)
        yield Doors(variables["PUBLIC_URL"], smtp, variables)


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    """Hold a port that a process inherits, so that nobody else can take it in between."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        listener.set_inheritable(True)
        yield listener


def _addresses(web: socket.socket, live: socket.socket, http: int, smtp: int) -> dict[str, str]:
    public = f"http://127.0.0.1:{_port(web)}"
    sip, engine = embedded.free_port(), embedded.free_port()
    trunk = {"name": "sandbox", "host": "127.0.0.1", "port": sip, "prefixes": ["+254"]}
    trunk |= {"username": "sautikit", "password": "sandbox", "mode": "both"}
    return {
        "PUBLIC_URL": public,
        "CALLBACK_URL": public,
        "LIVE_URL": f"http://127.0.0.1:{_port(live)}",
        "SANDBOX": "1",
        "TEST_CARRIER": "1",
        "SANDBOX_URL": f"http://127.0.0.1:{http}",
        "SANDBOX_SMTP_PORT": str(smtp),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
        "SANDBOX_SIP_PORT": str(sip),
        "SIP_PORT": str(engine),
        "SIP_TRUNKS": json.dumps([trunk]),
        "DARAJA_BASE_URL": f"http://127.0.0.1:{http}",
        "DARAJA_CONSUMER_KEY": "key",
        "DARAJA_CONSUMER_SECRET": "secret",
        "DARAJA_SHORTCODE": "600000",
        "DARAJA_PASSKEY": "passkey",
        "SAUTIKIT_NO_VENV": "1",
        "SAUTIKIT_READY_FILE": "",
    }


def _port(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port} after {_READY_SECONDS} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
