"""PostgreSQL's own bench on the same server: the simple update, `pgbench -N`."""

from __future__ import annotations

import re
import subprocess


class Pgbench:
    """The peer of everything that writes."""

    def __init__(self, environment: dict[str, str], *, clients: int, seconds: float) -> None:
        self._command = [
            environment["PGBENCH"], "-h", environment["PGBENCH_HOST"], "-U", "postgres",
        ]  # fmt: skip
        self._options = ["-N", "-n", "-c", str(clients), "-T", str(int(seconds)), "postgres"]
        subprocess.run([*self._command, "-i", "-q", "postgres"], check=True, capture_output=True)

    def run(self) -> float:
        """Return transactions a second."""
        done = subprocess.run(
            [*self._command, *self._options], check=True, capture_output=True, text=True
        )
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert found is not None, done.stdout
        return float(found[1])
