"""The dispatcher: first attempts leave as soon as their row commits, one lane per endpoint."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from kernel.http_async import AsyncClient
from webhooks import sender
from webhooks.services.deliveries import record_outcome

log = logging.getLogger(__name__)

POOL = 200
LANE = 2
BATCH = 100
POLL_SECONDS = 0.25


@dataclass
class Dispatcher:
    """A thread with an event loop; `wake` is called by the relay after it made deliveries."""

    stop: threading.Event
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    _thread: threading.Thread | None = None

    def start(self) -> Dispatcher:
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()
        return self

    def wake(self) -> None:
        self._loop.call_soon_threadsafe(self._rung.set)

    def join(self, timeout_seconds: float = 3.0) -> None:
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        lanes: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(LANE))
        flying: set[asyncio.Task[None]] = set()
        async with AsyncClient(connections=POOL) as client:
            while not self.stop.is_set():
                self._rung.clear()
                parcels = await self._claim(POOL - len(flying))
                for parcel in parcels:
                    task = asyncio.create_task(_deliver(client, parcel, lanes[parcel.lane]))
                    flying.add(task)
                    task.add_done_callback(flying.discard)
                    task.add_done_callback(lambda _task: self._rung.set())
                if not parcels:
                    await self._pause()
            await asyncio.wait(flying, timeout=2) if flying else None

    async def _claim(self, room: int) -> list[sender.Parcel]:
        if room <= 0:
            return []
        try:
            return await sync_to_async(sender.claim_first)(min(room, BATCH))
        except DatabaseError as problem:
            log.warning("database away: %s", problem)
            await sync_to_async(close_old_connections)()
            return []

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), POLL_SECONDS)
        except TimeoutError:
            return


def start(stop: threading.Event) -> Dispatcher:
    """Start the dispatcher's thread; it ends soon after `stop` is set."""
    return Dispatcher(stop).start()


async def _deliver(client: AsyncClient, parcel: sender.Parcel, lane: asyncio.Semaphore) -> None:
    async with lane:
        outcome = await sender.send(client, parcel)
        try:
            await sync_to_async(record_outcome)(parcel.delivery_id, parcel.token, outcome)
        except DatabaseError as problem:
            # The lease runs out and the delivery is tried again under the same event id.
            log.warning("attempt of %s not stored: %s", parcel.delivery_id, problem)
