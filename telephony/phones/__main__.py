"""The process of the desk phones: ``python -m telephony.phones``."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial

import django

from kernel import ready
from kernel.bell import Listener
from telephony.engine.pace import TICK_SECONDS, every
from telephony.engine.throttle import Throttle

USER_AGENT = "Sautikit"
REFRESH_SECONDS = 1.0


async def serve(on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``on_ready`` is called when phones and engines can come."""
    # sippy keeps the standard output of its import, so the throttle has to be there before.
    from django.conf import settings

    from telephony.engine.config import load
    from telephony.engine.warm import warm_up
    from telephony.phones import directory
    from telephony.phones.exchange import Exchange
    from telephony.phones.guard import Guard
    from telephony.phones.registrar import Registrar
    from telephony.phones.stack import PhoneStack

    host = settings.PHONE_SIP_HOST
    guard = Guard(settings.PHONE_FAILURES)
    registrar = Registrar(settings.SIP_DOMAIN, guard)
    exchange = Exchange(
        registrar=registrar,
        place=directory.place,
        phone_host=host,
        engine_host=settings.SIP_HOST,
    )
    config = load(
        {
            "engine_id": "phones",
            "sip_host": host,
            "sip_port": settings.PHONE_SIP_PORT,
            "rtp_min": 0,
            "rtp_max": 0,
            "trunks": [],
            "journal": "/dev/null",
            "user_agent": USER_AGENT,
        }
    )
    loop = asyncio.get_running_loop()
    stack = PhoneStack(config, exchange, loop, registrar=registrar, guard=guard)
    exchange.attach(stack)
    await asyncio.to_thread(directory.refresh, registrar, stack)
    await stack.start()
    warm_up()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    jobs = [
        asyncio.create_task(every(TICK_SECONDS, exchange.tick)),
        asyncio.create_task(_keep_current(partial(directory.refresh, registrar, stack))),
    ]
    await asyncio.to_thread(on_ready)
    await stopping.wait()
    exchange.hang_up_all()
    # The last BYEs need a moment to leave.
    await asyncio.sleep(0.3)
    for job in jobs:
        job.cancel()


async def _keep_current(refresh: Callable[[], None]) -> None:
    """Refresh when it rings, and every second in case a ring was lost."""
    listener = Listener("phones")
    while True:
        await asyncio.to_thread(listener.wait, REFRESH_SECONDS)
        await asyncio.to_thread(refresh)


def main() -> None:
    """Serve on PHONE_SIP_HOST and PHONE_SIP_PORT."""
    sys.stdout = sys.stderr = Throttle(sys.__stderr__ or sys.stderr)
    django.setup()
    asyncio.run(serve(partial(ready.announce, "phones")))


if __name__ == "__main__":
    main()
