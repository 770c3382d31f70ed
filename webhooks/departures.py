"""What a dispatcher holds between a claim and a request: the queue of each lane, two under way at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from webhooks.lanes import IN_FLIGHT, POOL
from webhooks.sender import Outcome, Parcel
from webhooks.services.claims import LEASE_SECONDS, Rota

# A lane whose last attempt worked within so long is quick.
QUICK_MS = 100
QUICK_MAX = 2_000
# A parcel that waited longer is given back: its lease must outlast the longest request.
WAIT_SECONDS_MAX = LEASE_SECONDS / 2


@dataclass
class Departures:
    """Queues of leased parcels by lane, and the tasks that serve them; for one event loop."""

    send: Callable[[Parcel], Awaitable[Outcome]]
    done: Callable[[Parcel, Outcome], None]
    give_back: Callable[[Sequence[Parcel]], None]
    rota: Rota = field(default_factory=Rota)
    _pool: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(POOL))
    _queues: dict[str, deque[tuple[float, Parcel]]] = field(default_factory=dict)
    _crews: dict[str, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def add(self, parcels: Sequence[Parcel]) -> None:
        """Queue what was claimed, and serve lanes that are not served twice yet."""
        now = time.monotonic()
        for parcel in parcels:
            lane = parcel.lane
            self._queues.setdefault(lane, deque()).append((now, parcel))
            if self._crews.get(lane, 0) < IN_FLIGHT:
                self._crews[lane] = self._crews.get(lane, 0) + 1
                task = asyncio.create_task(self._serve(lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Give back what waits and let what is under way end; what takes longer is broken off.

        Its leases run out, and another dispatcher sends it under the same event ids.
        """
        self.give_back([parcel for lane in list(self._queues) for parcel in self._drop(lane)])
        late = await self.quiet(seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def quiet(self, seconds: float) -> set[asyncio.Task[None]]:
        """Wait until nothing is under way; return the lanes that still are when the time is out."""
        if not self._tasks:
            return set()
        return (await asyncio.wait(self._tasks, timeout=seconds))[1]

    async def _serve(self, lane: str) -> None:
        """Send what waits in a lane, one after another; a failure or a long wait ends that."""
        try:
            while lane in self._queues:
                async with self._pool:
                    await self._serve_one(lane)
        finally:
            self._crews[lane] -= 1
            if not self._crews[lane]:
                del self._crews[lane]

    async def _serve_one(self, lane: str) -> None:
        queue = self._queues.get(lane)
        if queue is None:
            return
        since, parcel = queue.popleft()
        if not queue:
            del self._queues[lane]
        if time.monotonic() - since > WAIT_SECONDS_MAX:
            self.give_back([parcel, *self._drop(lane)])
            return
        outcome = await self.send(parcel)
        self._rate(lane, outcome)
        self.done(parcel, outcome)
        if not outcome.is_success:
            self.give_back(self._drop(lane))

    def _drop(self, lane: str) -> list[Parcel]:
        """Forget what waits in a lane and return it."""
        return [parcel for _since, parcel in self._queues.pop(lane, ())]

    def _rate(self, lane: str, outcome: Outcome) -> None:
        """Remember whether more may be leased in the lane than are under way."""
        quick = self.rota.quick
        if not outcome.is_success or (outcome.duration_ms or 0) > QUICK_MS:
            quick.pop(lane, None)
            return
        quick[lane] = None
        if len(quick) > QUICK_MAX:
            del quick[next(iter(quick))]
