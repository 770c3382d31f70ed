"""The dispatcher: first attempts leave as soon as their row commits, a few of each lane at once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import DatabaseError, close_old_connections, connection

from kernel.http_async import AsyncClient
from webhooks import sender, services
from webhooks.lanes import POOL
from webhooks.services.claims import LEASE_SECONDS, Rota
from webhooks.services.outcomes import Sent

log = logging.getLogger(__name__)

Value = TypeVar("Value")

BATCH = 200
POLL_SECONDS = 0.25
# Under load a claim and a store wait so long for company: a statement for many costs little more.
GATHER_SECONDS = 0.008
BUSY = POOL // 4
AWAY_SECONDS = 0.5


@dataclass
class Dispatcher:
    """A thread with an event loop; `wake` is called by the relay after it made deliveries."""

    stop: threading.Event
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    _rota: Rota = field(default_factory=Rota)
    # Claiming and storing each keep a thread and with it a database connection.
    _claims: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _stores: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _outcomes: list[tuple[float, Sent]] = field(default_factory=list)
    _has_outcome: asyncio.Event = field(default_factory=asyncio.Event)
    _flying: int = 0
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
        storing = asyncio.create_task(self._store())
        sending: set[asyncio.Task[None]] = set()
        async with AsyncClient(connections=POOL) as client:
            while not self.stop.is_set():
                self._rung.clear()
                parcels = await self._claim()
                self._flying += len(parcels)
                for parcel in parcels:
                    task = asyncio.create_task(self._deliver(client, parcel))
                    sending.add(task)
                    task.add_done_callback(sending.discard)
                if not parcels:
                    await self._pause()
                elif self._flying > POOL - BUSY:
                    await asyncio.sleep(GATHER_SECONDS)
            await self._finish(sending)
        storing.cancel()
        for thread in (self._claims, self._stores):
            await self._in(thread, _disconnect)
            thread.shutdown()

    async def _claim(self) -> list[sender.Parcel]:
        room = min(POOL - self._flying, BATCH)
        if room <= 0:
            return []
        try:
            return await self._in(self._claims, lambda: services.claim_first(room, self._rota))
        except DatabaseError as problem:
            log.warning("database away: %s", problem)
            await asyncio.sleep(AWAY_SECONDS)
            return []

    async def _deliver(self, client: AsyncClient, parcel: sender.Parcel) -> None:
        taken = self._loop.time()
        outcome = await sender.send(client, parcel)
        self._outcomes.append((taken, (parcel, outcome)))
        self._has_outcome.set()

    async def _store(self) -> None:
        """Store outcomes as they come, all that wait in one transaction."""
        while True:
            await self._has_outcome.wait()
            self._has_outcome.clear()
            if self._flying > BUSY:
                await asyncio.sleep(GATHER_SECONDS)
            while batch := self._outcomes[:BATCH]:
                if await self._store_batch([sent for _taken, sent in batch]):
                    del self._outcomes[: len(batch)]
                    self._flying -= len(batch)
                    self._rung.set()
                    continue
                await asyncio.sleep(AWAY_SECONDS)
                self._forget_late()

    async def _store_batch(self, batch: list[Sent]) -> bool:
        try:
            await self._in(self._stores, lambda: services.record_outcomes(batch))
        except DatabaseError as problem:
            log.warning("%s attempts not stored: %s", len(batch), problem)
            return False
        return True

    def _forget_late(self) -> None:
        """Drop outcomes whose lease is over: they are tried again under the same event id."""
        oldest = self._loop.time() - LEASE_SECONDS
        held = len(self._outcomes)
        self._outcomes = [each for each in self._outcomes if each[0] > oldest]
        self._flying -= held - len(self._outcomes)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _finish(self, sending: set[asyncio.Task[None]]) -> None:
        if sending:
            _done, late = await asyncio.wait(sending, timeout=2)
            # Their leases run out, and another dispatcher sends them under the same event ids.
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._outcomes:
            await self._store_batch([sent for _taken, sent in self._outcomes])

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], Value]) -> Value:
        return await self._loop.run_in_executor(thread, _guarded, work)


def _guarded(work: Callable[[], Value]) -> Value:
    """Leave no broken connection behind in this thread."""
    try:
        return work()
    except DatabaseError:
        close_old_connections()
        raise


def _disconnect() -> None:
    """Close the connection of the thread this runs in."""
    connection.close()


def start(stop: threading.Event) -> Dispatcher:
    """Start the dispatcher's thread; it ends soon after `stop` is set."""
    return Dispatcher(stop).start()
