"""An Asterisk of our own in a folder: its files, its process, its end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from kernel.env import child_environment
from telephony.asterisk.files import Described, Places, files
from telephony.asterisk.install import Installed

READY = "Asterisk Ready."
READY_SECONDS = 30.0
STOP_SECONDS = 10.0


class NodeFailed(RuntimeError):
    """Asterisk did not come up; the message has what it said."""


class LocalNode:
    """One Asterisk for tests and trials; ``with LocalNode(…)`` is over when it answers."""

    def __init__(
        self, installed: Installed, folder: Path, node: Described, trunks: Iterable[Described]
    ) -> None:
        self._installed = installed
        self._folder = folder
        self.log = folder / "asterisk.log"
        places = Places(
            etc=folder / "etc",
            modules=installed.modules,
            data=installed.data,
            var=folder / "var",
            spool=folder / "spool",
            run=folder / "run",
            log=folder / "log",
        )
        for path in (places.etc, places.var, places.spool, places.run, places.log):
            path.mkdir(parents=True, exist_ok=True)
        for name, text in files(node, trunks, places).items():
            (places.etc / name).write_text(text)
        self._configuration = places.etc / "asterisk.conf"

    def __enter__(self) -> LocalNode:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until everything of it is loaded; raises NodeFailed."""
        self._read = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self._installed.command, "-f", "-C", str(self._configuration)],
                cwd=self._folder,
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NodeFailed(f"Asterisk did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, kindly first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _is_ready(self) -> bool:
        return READY in self.log.read_text(errors="replace")[self._read :]
