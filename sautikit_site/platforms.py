"""Throw-away installations: servers of their own and chosen processes, each of which may be killed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from kernel import env
from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT
from sautikit_site.crew import Crew, log_of, spawn
from sautikit_site.processes import MIGRATE


class Platform(Crew):
    """Servers and processes on a folder of their own; what is killed is started again by hand."""

    # Without a file of its own Valkey comes back empty.
    def __init__(self, folder: Path, *, durable: bool, told: Mapping[str, str]) -> None:
        postgres, valkey = embedded.Postgres(folder), embedded.Valkey(folder, durable=durable)
        valkey.choose_address()
        super().__init__(env.child_environment(**{**_settings(folder, postgres, valkey), **told}))
        # Valkey first: its port is only chosen until it listens there.
        self.servers: dict[str, embedded.Server] = {"valkey": valkey, "postgres": postgres}
        self.serving: dict[str, subprocess.Popen[bytes]] = {}
        # Engines that we saw under the gateway: one whose gateway was killed lives on for a while.
        self.engines: set[int] = set()

    def start(self, name: str) -> None:
        if name in self.servers:
            self.serving[name] = embedded.start(self.servers[name])
        else:
            super().start(name)

    def kill(self, name: str) -> None:
        """Kill -9 a server or a process that we started."""
        if name in self.serving:
            self.serving[name].kill()
            self.serving[name].wait()
            return
        if name == "engine":
            self.engines |= set(self.engine_processes())
        super().kill(name)

    def strike(self, name: str) -> None:
        """Kill -9 one that we started, and start it again as a supervisor would."""
        self.kill(name)
        self.start(name)

    def engine_processes(self) -> list[int]:
        """Return the engines that the gateway runs now."""
        return [pid for pid in self.pids("engine") if _is_engine(pid)]

    def strike_engine_process(self) -> None:
        """Kill -9 the engines themselves; their gateway starts others."""
        for pid in self.engine_processes():
            os.kill(pid, signal.SIGKILL)

    def migrate(self) -> None:
        owner = {**self.environment, "DATABASE_URL": self.environment["MIGRATION_DATABASE_URL"]}
        log = log_of(self.folder, MIGRATE.name)
        if spawn(MIGRATE.command, log=log, environment=owner).wait() != 0:
            raise SystemExit(f"the migrations failed:\n{log.read_text(errors='replace')}")

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
        super().stop()
        for pid in filter(_is_engine, self.engines):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for name, process in self.serving.items():
            embedded.stop(self.servers[name], process)


@contextlib.contextmanager
def running(*names: str, durable: bool = False, told: Mapping[str, str] = {}) -> Iterator[Platform]:
    """Run a fresh installation that is gone afterwards; its processes are starting, `wait` waits."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-platform-"))
    platform = Platform(folder, durable=durable, told=told)
    try:
        for name in platform.servers:
            platform.start(name)
        platform.migrate()
        for name in names:
            platform.start(name)
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, postgres: embedded.Postgres, valkey: embedded.Valkey) -> dict[str, str]:
    """Return the settings of an installation on these servers, without the limits of a laptop."""
    return {
        "DATABASE_URL": postgres.url(embedded.APP),
        "MIGRATION_DATABASE_URL": postgres.url(embedded.OWNER),
        "REDIS_URL": valkey.url,
        "VAR_DIR": str(folder),
        # Any that is free.
        "WEB_PORT": "0",
        "LIVE_PORT": "0",
        "SECRET_KEY": secrets.token_hex(32),
        "PEPPER": secrets.token_hex(32),
        "SANDBOX": "1",
        "TEST_CARRIER": "1",
        "DEBUG": "0",
        "SAUTIKIT_NO_VENV": "1",
        "SAUTIKIT_READY_FILE": "",
        "SIP_TRUNKS": '[{"name":"bench","host":"127.0.0.1","port":9,"prefixes":["+254"],"mode":"both"}]',
        "ALLOW_PRIVATE_TARGETS": "1",
        "CALLS_PER_SECOND": "1000000",
        "CONCURRENT_CALLS_MAX": "100000000",
        "API_KEY_REQUESTS_PER_SECOND": "1000000",
        "API_KEY_BURST": "1000000",
        "PGBENCH": str(embedded.postgres_binaries() / "pgbench"),
        "PGBENCH_HOST": str(postgres.socket_folder),
        "DJANGO_SETTINGS_MODULE": "sautikit_site.settings",
    }


def _is_engine(pid: int) -> bool:
    try:
        return b"telephony.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
