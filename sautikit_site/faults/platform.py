"""The servers and processes of a fault run: each may be killed and comes back as under a supervisor."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bench import servers
from kernel import env
from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT

Command = tuple[str, ...]

_CELERY: Final = (
    "celery", "-A", "sautikit_site", "worker", "-P", "threads",
    "--without-gossip", "--without-mingle", "--loglevel", "ERROR",
)  # fmt: skip
RELAY: Final = (sys.executable, "manage.py", "relay")
ENGINE: Final = (sys.executable, "manage.py", "engine")


def worker(queues: str, *, threads: int = 4) -> Command:
    """Return the command of a Celery worker of these queues."""
    return (sys.executable, "-m", *_CELERY, "-c", str(threads), "-Q", queues)


class Platform:
    """Servers and processes on a folder of their own."""

    def __init__(self, folder: Path, commands: Mapping[str, Command]) -> None:
        self.folder = folder
        self.commands = commands
        self.environment: dict[str, str] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        # Engines that we saw under the gateway: one whose gateway was killed lives on for a while.
        self.engines: set[int] = set()
        self.postgres = embedded.Postgres(folder)
        # Without a file of its own Valkey comes back empty.
        self.valkey = embedded.Valkey(folder, durable=False)
        self.servers: dict[str, embedded.Server] = {
            "postgres": self.postgres,
            "valkey": self.valkey,
        }

    def start(self, name: str) -> None:
        if name in self.servers:
            self.running[name] = embedded.start(self.servers[name])
            return
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=embedded.child_setup(signal.SIGKILL),
            )

    def kill(self, name: str) -> None:
        """Kill -9 one that we started."""
        if name == "engine":
            self.engines |= set(self.engine_processes())
        self.running[name].kill()
        self.running[name].wait()

    def strike(self, name: str) -> None:
        """Kill -9 one that we started, and start it again as a supervisor would."""
        self.kill(name)
        self.start(name)

    def engine_processes(self) -> list[int]:
        """Return the engines that the gateway runs now: children of a process of ours."""
        gateway = self.running["engine"].pid
        return [pid for pid in _children(gateway) if _is_engine(pid)]

    def strike_engine_process(self) -> None:
        """Kill -9 the engines themselves; their gateway starts others."""
        for pid in self.engine_processes():
            os.kill(pid, signal.SIGKILL)

    def keep(self, name: str) -> Path:
        """Keep the logs of a run that failed, and return where."""
        kept = ROOT / "var" / "faults" / name
        shutil.rmtree(kept, ignore_errors=True)
        wanted = ("log", "handsets", "strikes.txt", "engine")
        for source in (self.folder / each for each in wanted):
            if source.is_dir():
                shutil.copytree(source, kept / source.name)
            elif source.exists():
                shutil.copy(source, kept)
        return kept

    def stop(self) -> None:
        for name in self.commands:
            if name in self.running and self.running[name].poll() is None:
                self.kill(name)
        for pid in self.engines:
            if _is_engine(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for name, server in self.servers.items():
            if name in self.running and self.running[name].poll() is None:
                embedded.stop(server, self.running[name])


@contextlib.contextmanager
def running(commands: Mapping[str, Command], **variables: str) -> Iterator[Platform]:
    """Run a fresh installation with these processes; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-faults-"))
    platform = Platform(folder, commands)
    try:
        for name in platform.servers:
            platform.start(name)
        chosen = servers.variables(folder, platform.postgres, platform.valkey)
        platform.environment = env.child_environment(**chosen | variables)
        owner = platform.environment | {"DATABASE_URL": chosen["MIGRATION_DATABASE_URL"]}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=owner, check=True)
        for name in commands:
            platform.start(name)
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_port(port: int) -> None:
    """Wait until a process of ours listens there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("the web process did not start")


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(each) for each in task.read_text().split()]
    return found


def _is_engine(pid: int) -> bool:
    try:
        return b"telephony.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
