"""Run the relay: sequence events, send first webhook attempts, ring due work, keep the clock."""

from __future__ import annotations

import logging
import signal
import threading
import time

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from kernel import bell, ready, relay, work
from kernel.tasks import run_work
from webhooks import dispatcher

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
CLOCK_SECONDS = 1.0
# Short against a ring tone, long enough for what many calls do at once to come together.
GATHER_SECONDS = 0.05


class Command(BaseCommand):
    help = "Sequence events, send first webhook attempts, ring due work and keep the clock."

    def handle(self, *_args: object, **_options: object) -> None:
        """Run until SIGTERM."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sender = dispatcher.start(stop)
        listener = bell.Listener("relay")
        ready.announce("relay")
        last_clock = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() - last_clock >= CLOCK_SECONDS:
                    last_clock = time.monotonic()
                    work.start_due_jobs()
                busy = _turn(sender)
            except DatabaseError as problem:
                log.warning("database away: %s", problem)
                close_old_connections()
                stop.wait(0.5)
                continue
            if busy:
                # What follows at once comes together: a turn for many costs little more.
                stop.wait(GATHER_SECONDS)
            else:
                listener.wait(POLL_SECONDS)
        sender.join()


def _turn(sender: dispatcher.Dispatcher) -> bool:
    sequenced = relay.sequence_batch()
    if sequenced:
        sender.wake()
    rung = relay.ring_due_work(_publish)
    return bool(sequenced or rung)


def _publish(queue: str, work_id: str, token: str) -> None:
    run_work.apply_async((work_id, token), queue=queue)
