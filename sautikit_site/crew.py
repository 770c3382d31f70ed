"""How a process of `up` is started, and a few of them that work on one installation."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT
from sautikit_site.processes import PROCESSES, Process

_DECLARED: Final = {process.name: process for process in PROCESSES}
_READY_SECONDS: Final = 90.0
# They run in this Python, and what the gate checks they need not check at each start.
_TOLD: Final = {"SAUTIKIT_NO_VENV": "1", "SAUTIKIT_SUPERVISED": "1", "PYTHONUNBUFFERED": "1"}


def log_of(folder: Path, name: str) -> Path:
    return folder / "log" / f"{name}.log"


def ready_file(folder: Path, name: str) -> Path:
    """Return the file that a process makes when it can serve."""
    return folder / "run" / "ready" / name


def launch(
    process: Process,
    *,
    folder: Path,
    environment: Mapping[str, str],
    listener: socket.socket | None = None,
) -> subprocess.Popen[bytes]:
    """Start a declared process; its log and its ready file are in the folder."""
    ready = ready_file(folder, process.name)
    ready.parent.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    return spawn(
        process.command,
        log=log_of(folder, process.name),
        environment={**environment, "SAUTIKIT_READY_FILE": str(ready)},
        listener=listener,
        death_signal=process.death_signal,
    )


def spawn(
    command: tuple[str, ...],
    *,
    log: Path,
    environment: Mapping[str, str],
    listener: socket.socket | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; it dies with the thread that starts it."""
    inherited = [listener.fileno()] if listener else []
    fd = str(inherited[0]) if inherited else ""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [part.format(python=sys.executable, fd=fd) for part in command],
            cwd=ROOT,
            env={**environment, **_TOLD},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=inherited,
            start_new_session=True,
            preexec_fn=embedded.child_setup(death_signal),
        )


class Crew:
    """Some of the processes of `up`, by name, which nobody watches; their folder is VAR_DIR."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.folder = Path(environment["VAR_DIR"])
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._listeners: dict[str, socket.socket] = {}

    def start(self, name: str) -> None:
        """Start one, or start it again on the port that it had."""
        process = _DECLARED[name]
        if process.port and name not in self._listeners:
            port = int(self.environment.get(process.port) or 0)
            self._listeners[name] = socket.create_server(("127.0.0.1", port), backlog=512)
        self.running[name] = launch(
            process,
            folder=self.folder,
            environment=self.environment,
            listener=self._listeners.get(name),
        )

    def wait(self) -> None:
        """Wait until each can serve; raises RuntimeError with the log of one that cannot."""
        deadline = time.monotonic() + _READY_SECONDS
        for name, process in self.running.items():
            while not ready_file(self.folder, name).exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    told = log_of(self.folder, name).read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{name} did not start:\n{told}")
                time.sleep(0.05)

    def port(self, name: str) -> int:
        number: int = self._listeners[name].getsockname()[1]
        return number

    def pids(self, name: str) -> list[int]:
        """Return one and those that it started."""
        pid = self.running[name].pid
        return [pid, *_children(pid)]

    def kill(self, name: str) -> None:
        """Kill -9 one that we started."""
        self.running[name].kill()
        self.running[name].wait()

    def stop(self) -> None:
        """Ask all to end at once, and kill those that are not done when `up` would not wait longer."""
        alive = {name: each for name, each in self.running.items() if each.poll() is None}
        for process in alive.values():
            process.terminate()
        began = time.monotonic()
        for name, process in alive.items():
            left = began + _DECLARED[name].stop_seconds - time.monotonic()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, left))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for listener in self._listeners.values():
            listener.close()


@contextlib.contextmanager
def working(environment: Mapping[str, str], *names: str) -> Iterator[Crew]:
    """Run these processes on an installation whose servers run, until the block ends."""
    crew = Crew(environment)
    try:
        for name in names:
            crew.start(name)
        crew.wait()
        yield crew
    finally:
        crew.stop()


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(each) for each in task.read_text().split()]
    return found
