"""One watched process: how it starts, whether it is ready, when it is due again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sautikit_site.console import LogTail

_BACKOFF_FIRST: Final = 0.2
_BACKOFF_MAX: Final = 5.0
_STEADY_SECONDS: Final = 20.0


class Child:
    """One watched process: how it is launched, whether it is ready, and when it is due again."""

    def __init__(
        self,
        name: str,
        *,
        launch: Callable[[], subprocess.Popen[bytes]],
        is_ready: Callable[[subprocess.Popen[bytes]], bool],
        log: Path,
        stage: int,
        stop_seconds: float,
        stop_signal: signal.Signals = signal.SIGTERM,
        sweep: bool = True,
        quiet: bool = False,
    ) -> None:
        self.name = name
        self.launch, self.is_ready = launch, is_ready
        self.stage, self.stop_seconds, self.stop_signal = stage, stop_seconds, stop_signal
        self.sweep = sweep
        # The servers' own warnings go to their logs alone; their deaths are told here.
        self.quiet = quiet
        self.tail = LogTail(log)
        self.process: subprocess.Popen[bytes] | None = None
        self.state = "waiting"
        self.began = 0.0
        self.due = 0.0
        self.failures = 0

    def start(self) -> None:
        self.began = time.monotonic()
        self.state = "starting"
        self.process = self.launch()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def backoff(self) -> float:
        """Return how long to wait after this death; a long steady life forgives the earlier ones."""
        if self.state == "ready" and self.seconds > _STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        return min(_BACKOFF_MAX, _BACKOFF_FIRST * 2.0 ** (self.failures - 1))

    def signal_group(self, number: int) -> None:
        """Signal the process with everything it started in its own session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)
