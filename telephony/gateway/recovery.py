"""What a dead engine left behind: its journal, its open legs, and perhaps its process."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

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
    """Recover every engine of this machine that an earlier gateway left; return how many."""
    left = Engine.objects.filter(closed_at=None, host=socket.gethostname())
    for engine in left:
        stop_process(engine)
        recover(engine)
    return len(left)


def recover(engine: Engine) -> None:
    """Store what the journal has, end the legs it left open at their last beat, close the row."""
    path = Path(engine.journal)
    if not path.exists():
        log.warning("engine %s left no journal; the sweep closes its legs", engine.id)
        return
    record = journal.read(path)
    for line in record.events:
        try:
            apply(engine.id, line)
        except (LookupError, ValueError, Leg.DoesNotExist):
            log.exception("engine %s", engine.id)
            skip(engine.id, line)
    for leg_id in Leg.objects.filter(engine_id=engine.id, state__in=OPEN_LEG).values_list(
        "pk", flat=True
    ):
        end_leg(
            leg_id,
            connected_ms=record.open_legs.get(str(leg_id), 0),
            sip_code=None,
            cause="engine died",
            ended_by="lost",
        )
    Engine.objects.filter(pk=engine.id).update(closed_at=clock.now())
    path.unlink(missing_ok=True)


def stop_process(engine: Engine) -> None:
    """End an engine that outlived its gateway, so that its port and its journal are ours."""
    if not _is_ours(engine.pid):
        return
    with suppress(ProcessLookupError):
        os.kill(engine.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_ours(engine.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        if _is_ours(engine.pid):
            os.kill(engine.pid, signal.SIGKILL)


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
