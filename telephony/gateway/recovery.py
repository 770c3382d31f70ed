"""What a dead engine left behind: its journal, its open legs, and perhaps its process."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import InterfaceError, OperationalError

from calls.models import Leg
from calls.states import OPEN_LEG
from kernel import clock
from telephony.engine import journal
from telephony.gateway.apply import apply, end_leg, skip
from telephony.models import Engine

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
# After this the sweep has closed every leg of an engine whose machine did not come back.
FORGOTTEN_AFTER = timedelta(minutes=10)


def recover_all() -> int:
    """Recover every engine of this machine whose gateway is gone; return how many."""
    recovered = 0
    for engine in Engine.objects.filter(closed_at=None, host=socket.gethostname()):
        if _is_ours(engine.pid) and _has_gateway(engine.pid):
            log.warning("engine %s belongs to another gateway of this machine", engine.id)
            continue
        stop_process(engine)
        recover(engine)
        recovered += 1
    return recovered


def recover(engine: Engine) -> None:
    """Store what the journal has, end the legs it left open at their last beat, close the row.

    What cannot be stored is logged and left to the sweep; a database that is away is raised.
    """
    path = Path(engine.journal)
    if not path.exists():
        log.warning("engine %s left no journal; the sweep closes its legs", engine.id)
        return
    record = journal.read(path)
    fresh = [line for line in record.events if line["seq"] > engine.applied_seq]
    for line in fresh:
        if not _tried(partial(apply, engine.id, line)):
            skip(engine.id, line)
    open_legs = Leg.objects.filter(engine_id=engine.id, state__in=OPEN_LEG)
    for leg_id in list(open_legs.values_list("pk", flat=True)):
        connected_ms = record.open_legs.get(str(leg_id), 0)
        _tried(partial(_end, leg_id, connected_ms))
    Engine.objects.filter(pk=engine.id).update(closed_at=clock.now())
    path.unlink(missing_ok=True)


def _end(leg_id: UUID, connected_ms: int) -> None:
    end_leg(leg_id, connected_ms=connected_ms, sip_code=None, cause="engine died", ended_by="lost")


def _tried(work: Callable[[], object]) -> bool:
    """Do one piece of the recovery; say whether it went well."""
    try:
        work()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("the recovery of an engine")
        return False
    return True


def stop_process(engine: Engine) -> None:
    """End an engine that outlived its gateway, so that its port and its journal are ours."""
    if not _is_ours(engine.pid):
        return
    with suppress(ProcessLookupError):
        os.kill(engine.pid, signal.SIGTERM)
        if not _is_gone(engine.pid):
            os.kill(engine.pid, signal.SIGKILL)
            # Its port is free and its journal is whole only when it is really gone.
            _is_gone(engine.pid)


def _is_gone(pid: int) -> bool:
    """Wait a moment for an engine to end; say whether it did."""
    deadline = time.monotonic() + STOP_SECONDS
    while _is_ours(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _is_ours(pid)


def close_forgotten() -> None:
    """Close the rows of engines that have been gone for long."""
    limit = clock.now() - FORGOTTEN_AFTER
    Engine.objects.filter(closed_at=None, lease_until__lt=limit).update(closed_at=clock.now())


def _is_ours(pid: int) -> bool:
    """Say whether the process of that number is an engine; numbers are used again."""
    try:
        return b"telephony.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _has_gateway(pid: int) -> bool:
    """Say whether the engine's parent is a living gateway; an orphan has another parent."""
    try:
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        return b"manage.py\0engine" in Path(f"/proc/{parent}/cmdline").read_bytes()
    except (OSError, IndexError):
        return False
