"""The work door of webhooks: due retries, through the one sender; the fan-out, replays, forgetting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from kernel.events import subscribe
from kernel.models import Event
from kernel.work import periodic, work
from webhooks import sender, services
from webhooks.services.claims import soon

# A server that never answers holds a thread for ten seconds; calls and payments need theirs.
RETRIES_AT_ONCE = 4
_threads = threading.BoundedSemaphore(RETRIES_AT_ONCE)


@subscribe("*")
def fan_out(batch: Sequence[Event]) -> None:
    services.fan_out(batch)


@subscribe("*")
def wake_listeners(batch: Sequence[Event]) -> None:
    services.wake_listeners(batch)


@work("webhooks.deliver", queue="periodic", lease_seconds=60)
def deliver(delivery_id: str) -> datetime | None:
    """Try one due delivery again, or come back when its lane has room."""
    if not _threads.acquire(blocking=False):
        return soon(1)
    try:
        found = services.claim_one(delivery_id)
        if not isinstance(found, sender.Parcel):
            return found
        services.record_outcomes([(found, asyncio.run(_send_once(found)))])
        return None
    finally:
        _threads.release()


async def _send_once(parcel: sender.Parcel) -> sender.Outcome:
    # Every process knows this work by name, but only the one that sends needs aiohttp.
    from kernel.http_async import AsyncClient

    async with AsyncClient(connections=1) as client:
        return await sender.send(client, parcel)


@work("webhooks.replay", queue="periodic", lease_seconds=120)
def replay(replay_id: str) -> datetime | None:
    return services.run_replay(replay_id)


@periodic("webhooks.forget_events", at="03:40")
def forget_events() -> str:
    return f"{services.forget_events()} events forgotten"


@periodic("webhooks.forget_listeners", every=timedelta(hours=1))
def forget_listeners() -> str:
    """Delete listeners that have been gone for an hour."""
    return f"{services.forget_listeners()} rows of listeners forgotten"
