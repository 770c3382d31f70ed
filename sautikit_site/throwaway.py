"""A whole platform of its own, as `manage.py up` starts it: for tests, and for commands that try things."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sautikit_site import embedded, laptop
from sautikit_site.bootstrap import ROOT, environ

STACK_SECONDS: Final = 180
# What belongs to other servers and must not reach a platform of its own.
OWN: Final = (
    "DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "VAR_DIR", "SECRET_KEY", "PEPPER",
    "PUBLIC_URL", "LIVE_URL", "CALLBACK_URL", "SANDBOX", "TEST_CARRIER", "DEBUG", "EMAIL_URL",
    "TTS_SOCKET", "WEBRTC_SOCKET", "ALLOW_PRIVATE_TARGETS", "SAUTIKIT_READY_FILE",
    "SAUTIKIT_SUPERVISED", "SANDBOX_URL", "SIP_TRUNKS", "SIP_TRUNK_PASSWORD", "RTP_PORT_MIN",
    "RTP_PORT_MAX", "DARAJA_BASE_URL", "DARAJA_SHORTCODE", "DARAJA_CONSUMER_KEY",
    "DARAJA_CONSUMER_SECRET", "DARAJA_PASSKEY", *(port.setting for port in laptop.PORTS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stack:
    """A running platform: where its doors are and what its processes were told."""

    url: str
    live_url: str
    env: dict[str, str]
    var: Path
    pid: int


@contextlib.contextmanager
def running_stack(var: Path, **variables: str) -> Iterator[Stack]:
    """Run `manage.py up` on this folder for as long as the block lasts."""
    output = var / "up.txt"
    var.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=stack_environment(var, **variables),
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=embedded.child_setup(signal.SIGTERM),
        )
    try:
        yield _wait_for_stack(var, process)
    except TimeoutError as problem:
        raise AssertionError(f"{problem}\n{stack_story(var)}") from None
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def stack_environment(var: Path, **variables: str) -> dict[str, str]:
    """The caller's environment without its own servers, with ports nobody uses."""
    kept = {key: value for key, value in environ.items() if key not in OWN}
    ports = {name: str(embedded.free_port()) for name in ("WEB_PORT", "LIVE_PORT")}
    return {**kept, **ports, "SAUTIKIT_VAR": str(var), "SAUTIKIT_NO_VENV": "1", **variables}


def stack_story(var: Path) -> str:
    """What `up` said and the end of each log, for a failure that explains itself."""
    files = [var / "up.txt", *sorted((var / "log").glob("*.log"))]
    parts = [(file, file.read_text(errors="replace")[-1500:]) for file in files if file.exists()]
    return "\n".join(f"--- {file.name}\n{text}" for file, text in parts)


def _wait_for_stack(var: Path, process: subprocess.Popen[bytes]) -> Stack:
    end = time.monotonic() + STACK_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            told = json.loads((var / "run" / "up.json").read_text())
            with urllib.request.urlopen(told["url"] + "/readyz", timeout=5) as answer:  # noqa: S310  Ours.
                if answer.status == 200:
                    return Stack(told["url"], told["live_url"], told["env"], var, told["pid"])
        time.sleep(0.1)
    raise TimeoutError(f"the stack was not ready in {STACK_SECONDS} s")
