"""What every embedded server offers, and how one is started and stopped by hand."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Final, Protocol

_START_SECONDS: Final = 60.0


class Server(Protocol):
    """What the supervisor needs of an embedded server."""

    name: str
    stop_signal: signal.Signals
    log: Path

    def launch(self) -> subprocess.Popen[bytes]: ...
    def is_ready(self, process: subprocess.Popen[bytes]) -> bool: ...


def start(server: Server) -> subprocess.Popen[bytes]:
    """Launch a server and wait until it answers."""
    process = server.launch()
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            tail = server.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{server.name} exited with {process.returncode}:\n{tail}")
        if server.is_ready(process):
            return process
        time.sleep(0.01)
    raise TimeoutError(f"{server.name} did not become ready in {_START_SECONDS:.0f} s")


def stop(server: Server, process: subprocess.Popen[bytes], *, seconds: float = 20) -> None:
    """Stop a server cleanly, and for certain once the time is up."""
    process.send_signal(server.stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
