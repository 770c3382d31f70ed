"""The dispatcher: first attempts leave as soon as their row commits, a few of each lane at once."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import uvloop
from django.db import DatabaseError, close_old_connections, connection

from kernel.http_async import AsyncClient
from webhooks import sender, services
from webhooks.departures import Departures
from webhooks.lanes import LEASED, POOL
from webhooks.services.claims import Rota
from webhooks.services.outcomes import Sent

log = logging.getLogger(__name__)

Value = TypeVar("Value")

BATCH = 200
POLL_SECONDS = 0.25
# Under load a claim and a store wait so long for company: a statement for many costs little more.
GATHER_SECONDS = 0.005
BUSY = POOL // 4
AWAY_SECONDS = 0.5
FINISH_SECONDS = 2.0


@dataclass
class Dispatcher:
    """A thread with an event loop; `wake` is called by the relay after it made deliveries."""

    stop: threading.Event
    _loop: asyncio.AbstractEventLoop = field(default_factory=uvloop.new_event_loop)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    # Claiming and storing each keep a thread and with it a database connection.
    _claims: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _stores: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _outcomes: list[Sent] = field(default_factory=list)
    _returns: list[sender.Parcel] = field(default_factory=list)
    _has_outcome: asyncio.Event = field(default_factory=asyncio.Event)
    # What is leased and neither stored nor given back.
    _held: int = 0
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
        async with AsyncClient(connections=POOL) as client:
            departures = Departures(partial(sender.send, client), self._note, self._give_back)
            while not self.stop.is_set():
                self._rung.clear()
                parcels = await self._claim(departures.rota)
                self._held += len(parcels)
                departures.add(parcels)
                if not parcels:
                    await self._pause()
                elif self._held > BUSY:
                    await asyncio.sleep(GATHER_SECONDS)
            await departures.finish(FINISH_SECONDS)
        storing.cancel()
        while self._outcomes or self._returns:
            if not await self._store_batch():
                break
        for thread in (self._claims, self._stores):
            await self._in(thread, _disconnect)
            thread.shutdown()

    async def _claim(self, rota: Rota) -> list[sender.Parcel]:
        room = min(LEASED - self._held, BATCH)
        if room <= 0:
            return []
        try:
            return await self._in(self._claims, lambda: services.claim_first(room, rota))
        except DatabaseError as problem:
            log.warning("database away: %s", problem)
            await asyncio.sleep(AWAY_SECONDS)
            return []

    def _note(self, parcel: sender.Parcel, outcome: sender.Outcome) -> None:
        self._outcomes.append((parcel, outcome))
        self._has_outcome.set()

    def _give_back(self, parcels: Sequence[sender.Parcel]) -> None:
        self._returns.extend(parcels)
        self._has_outcome.set()

    async def _store(self) -> None:
        """Store outcomes as they come, all that wait in one transaction."""
        while True:
            await self._has_outcome.wait()
            self._has_outcome.clear()
            if self._held > BUSY:
                await asyncio.sleep(GATHER_SECONDS)
            while self._outcomes or self._returns:
                if await self._store_batch():
                    self._rung.set()
                    continue
                await asyncio.sleep(AWAY_SECONDS)

    async def _store_batch(self) -> bool:
        """Store some outcomes and give back what was not sent; False when the database is away."""
        self._forget_late()
        batch, returns = self._outcomes[:BATCH], self._returns[:]
        try:
            await self._in(self._stores, lambda: _keep(batch, returns))
        except DatabaseError as problem:
            log.warning("%s attempts not stored: %s", len(batch), problem)
            return False
        del self._outcomes[: len(batch)]
        del self._returns[: len(returns)]
        self._held -= len(batch) + len(returns)
        return True

    def _forget_late(self) -> None:
        """Drop what is no longer ours to store or give back: its lease is over.

        It is tried again under the same event id, perhaps already, by us under the same token.
        """
        now = time.monotonic()
        held = len(self._outcomes) + len(self._returns)
        self._outcomes = [each for each in self._outcomes if each[0].lease_ends > now]
        self._returns = [each for each in self._returns if each.lease_ends > now]
        self._held -= held - len(self._outcomes) - len(self._returns)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], Value]) -> Value:
        return await self._loop.run_in_executor(thread, _guarded, work)


def _keep(sent: Sequence[Sent], returns: Sequence[sender.Parcel]) -> None:
    if sent:
        services.record_outcomes(sent)
    if returns:
        services.give_back(returns)


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
