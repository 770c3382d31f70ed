"""Workers that claim their queue's rows themselves, woken by its bell: nobody waits for a clock."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, close_old_connections

from kernel import work
from kernel.bell import Listener

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
AGAIN_SECONDS = 0.5


class Claimer(threading.Thread):
    """Claims what is due of one queue and runs it, at most `hands` rows at a time."""

    def __init__(self, queue: str, *, hands: int) -> None:
        super().__init__(name=f"claims-{queue}", daemon=True)
        self._queue = queue
        self._hands = hands
        self._busy = 0
        self._change = threading.Condition()
        self._stop_event = threading.Event()

    def stop(self) -> None:
        """Claim no more; `join` waits for what is running."""
        self._stop_event.set()

    def run(self) -> None:
        listener = Listener(work.bell_of(self._queue))
        with ThreadPoolExecutor(self._hands, thread_name_prefix=self._queue) as pool:
            while not self._stop_event.is_set():
                try:
                    is_all = self._claim(pool)
                except DatabaseError as problem:
                    log.warning("database away: %s", problem)
                    close_old_connections()
                    self._stop_event.wait(AGAIN_SECONDS)
                    continue
                if is_all:
                    listener.wait(POLL_SECONDS)

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        """Claim as many rows as there are free hands; say whether that was all there is."""
        with self._change:
            self._change.wait_for(lambda: self._busy < self._hands, timeout=POLL_SECONDS)
            free = self._hands - self._busy
        if not free:
            return False
        found = work.claim(self._queue, free)
        with self._change:
            self._busy += len(found)
        for row in found:
            pool.submit(self._run, row)
        return len(found) < free

    def _run(self, row: work.Claimed) -> None:
        close_old_connections()
        try:
            work.run_claimed(row)
        except DatabaseError as problem:
            # Its lease ends, and then it is claimed again.
            log.warning("work %s %s lost the database: %s", row.name, row.ref, problem)
        finally:
            close_old_connections()
            with self._change:
                self._busy -= 1
                self._change.notify()
