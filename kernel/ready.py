"""How a process says that it can serve: a file for its supervisor and a heartbeat for /readyz."""

from __future__ import annotations

import gc
import logging
import threading
import time
from pathlib import Path

import redis
from django.conf import settings

from kernel import bell

log = logging.getLogger(__name__)

# New objects between two looks of the garbage collector; the default is 700.
GC_OBJECTS = 50_000
BEAT_SECONDS = 3
BEAT_EXPIRY_SECONDS = 10


def announce(name: str) -> None:
    """Make the supervisor's file and beat from a daemon thread until the process ends."""
    settle()
    if settings.SAUTIKIT_READY_FILE:
        Path(settings.SAUTIKIT_READY_FILE).touch()
    threading.Thread(target=_beat_for_ever, args=(name,), name="heartbeat", daemon=True).start()


def settle() -> None:
    """Take what was loaded so far out of garbage collection: it stays.

    Going through all of Django again and again is a third of what a request costs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_OBJECTS, *gc.get_threshold()[1:])


def missing(names: list[str]) -> list[str]:
    """Return the processes that have not beaten lately; raises redis.RedisError without Valkey."""
    beats = bell.client().mget([f"beat:{name}" for name in names])
    return [name for name, beat in zip(names, beats, strict=True) if beat is None]


def _beat_for_ever(name: str) -> None:
    while True:
        try:
            bell.client().set(f"beat:{name}", str(int(time.time())), ex=BEAT_EXPIRY_SECONDS)
        except redis.RedisError as problem:
            log.debug("no heartbeat: %s", problem)
        time.sleep(BEAT_SECONDS)
