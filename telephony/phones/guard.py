"""Who is heard on the port of the phones: sources that guess passwords are not, for a while."""

from __future__ import annotations

import time
from collections import OrderedDict, deque

WINDOW_SECONDS = 600.0
SOURCES_MAX = 20_000


class Guard:
    """Counts the failures of each source; used by the SIP threads only."""

    def __init__(self, failures_max: int) -> None:
        self._most = failures_max
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def hears(self, host: str) -> bool:
        """Say whether a source may speak: it failed less often than the limit lately."""
        failures = self._failures.get(host)
        if failures is None:
            return True
        now = time.monotonic()
        while failures and failures[0] < now - WINDOW_SECONDS:
            failures.popleft()
        if not failures:
            self._failures.pop(host, None)
        return len(failures) < self._most

    def fail(self, host: str) -> None:
        """Count one failure of a source."""
        self._failures.setdefault(host, deque(maxlen=self._most)).append(time.monotonic())
        self._failures.move_to_end(host)
        if len(self._failures) > SOURCES_MAX:
            self._failures.popitem(last=False)
