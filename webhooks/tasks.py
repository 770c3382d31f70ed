"""The work door of webhooks: due retries, through the one sender; and the fan-out."""

from __future__ import annotations

import asyncio

from kernel.events import subscribe
from kernel.models import Event
from kernel.work import periodic, work
from webhooks import sender, services
from webhooks.services.deliveries import record_outcome


@subscribe("*")
def fan_out(event: Event) -> None:
    services.fan_out(event)


@work("webhooks.deliver", queue="periodic", lease_seconds=60)
def deliver(delivery_id: str) -> None:
    """Try one due delivery again."""
    parcel = sender.claim_one(delivery_id)
    if parcel is not None:
        outcome = asyncio.run(_send_once(parcel))
        record_outcome(parcel.delivery_id, parcel.token, outcome)


async def _send_once(parcel: sender.Parcel) -> sender.Outcome:
    # Every process knows this work by name, but only the one that sends needs aiohttp.
    from kernel.http_async import AsyncClient

    async with AsyncClient(connections=1) as client:
        return await sender.send(client, parcel)


@periodic("webhooks.forget_events", at="03:40")
def forget_events() -> str:
    return f"{services.forget_events()} events forgotten"
