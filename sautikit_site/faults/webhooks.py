"""Kill the dispatcher, the worker, the broker and the database while events flow to twenty servers."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import servers
from kernel import env
from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT

CELERY = (
    "celery", "-A", "sautikit_site", "worker", "-P", "threads", "-c", "4", "-Q", "periodic",
    "--without-gossip", "--without-mingle", "--loglevel", "ERROR",
)  # fmt: skip
COMMANDS = {
    "relay": (sys.executable, "manage.py", "relay"),
    "worker": (sys.executable, "-m", *CELERY),
}
VICTIMS = ("relay", "worker", "valkey", "postgres")


@dataclass
class Platform:
    """The servers and processes that webhooks need, each of which may be killed."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.servers: dict[str, embedded.Server] = {
            "postgres": embedded.Postgres(self.folder),
            # Without a file of its own it comes back empty.
            "valkey": embedded.Valkey(self.folder, durable=False),
        }

    def start(self, name: str) -> None:
        if name in self.servers:
            self.running[name] = embedded.start(self.servers[name])
            return
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                COMMANDS[name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=embedded.child_setup(signal.SIGKILL),
            )

    def strike(self, name: str) -> None:
        """Kill -9 one that we started, and start it again as a supervisor would."""
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def stop(self) -> None:
        for name in ("relay", "worker"):
            if name in self.running:
                self.running[name].kill()
                self.running[name].wait()
        for name, server in self.servers.items():
            if name in self.running:
                embedded.stop(server, self.running[name])


def run(*, seed: int, seconds: int, rate: int, strikes: int) -> bool:
    """Run one seeded story; what happened is printed, and True when every promise held."""
    with _platform() as platform:
        story = subprocess.Popen(
            [
                sys.executable, "-m", "sautikit_site.faults.traffic", "--seed", str(seed),
                "--seconds", str(seconds), "--rate", str(rate),
            ],
            cwd=ROOT, env=platform.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert story.stdout is not None
        print(story.stdout.readline().strip(), flush=True)
        _strike_all(platform, random.Random(seed), seconds, strikes)
        for line in story.stdout:
            print(line.rstrip(), flush=True)
        return story.wait(30) == 0


def _strike_all(platform: Platform, chance: random.Random, seconds: int, strikes: int) -> None:
    """Spread the strikes over the run; each victim has its turn before one has a second."""
    order: list[str] = []
    while len(order) < strikes:
        order += chance.sample(VICTIMS, len(VICTIMS))
    for victim in order[:strikes]:
        time.sleep(seconds / (strikes + 1) * chance.uniform(0.6, 1.0))
        print(f"kill -9 {victim}", flush=True)
        platform.strike(victim)


@contextlib.contextmanager
def _platform() -> Iterator[Platform]:
    folder = Path(tempfile.mkdtemp(prefix="sautikit-faults-"))
    platform = Platform(folder)
    try:
        for name in platform.servers:
            platform.start(name)
        platform.environment = _environment(platform)
        owner = platform.environment | {
            "DATABASE_URL": platform.environment["MIGRATION_DATABASE_URL"]
        }
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=owner, check=True)
        for name in COMMANDS:
            platform.start(name)
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(platform: Platform) -> dict[str, str]:
    postgres, valkey = platform.servers["postgres"], platform.servers["valkey"]
    assert isinstance(postgres, embedded.Postgres)
    assert isinstance(valkey, embedded.Valkey)
    variables = servers.variables(platform.folder, postgres, valkey)
    return env.child_environment(**variables)
