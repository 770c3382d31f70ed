"""The process of the browser phones: ``python -m telephony.browser``."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from kernel import ready
from kernel.webrtc import Network
from telephony.engine.pace import TICK_SECONDS, every
from telephony.engine.throttle import Throttle

USER_AGENT = "Sautikit browser phone"


async def serve(on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``on_ready`` is called when browsers and engines can come."""
    # sippy keeps the standard output of its import, so the throttle has to be there before.
    from telephony.browser.door import open_door
    from telephony.browser.exchange import Exchange
    from telephony.engine.config import load
    from telephony.engine.warm import warm_up

    network = Network(
        addresses=tuple(settings.WEBRTC_ADDRESSES),
        public_address=settings.WEBRTC_PUBLIC_ADDRESS,
        # A browser of the sandbox is on this machine, which may be in no network.
        with_loopback=settings.SANDBOX,
    )
    network.apply()
    host = settings.SIP_HOST
    config = load(
        {
            "engine_id": "browser",
            "sip_host": host,
            "sip_port": settings.WEBRTC_SIP_PORT,
            "rtp_min": 0,
            "rtp_max": 0,
            # Engines of this machine are the only ones that are heard.
            "trunks": [{"name": "engines", "host": host}],
            "journal": "/dev/null",
            "user_agent": USER_AGENT,
        }
    )
    exchange = Exchange(config, network)
    await exchange.start()
    warm_up()
    runner = await open_door(exchange, Path(settings.WEBRTC_SOCKET))
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    ticking = asyncio.create_task(every(TICK_SECONDS, exchange.tick))
    await asyncio.to_thread(on_ready)
    await stopping.wait()
    await runner.cleanup()
    # The last BYEs need a moment to leave.
    await asyncio.sleep(0.2)
    ticking.cancel()


def main() -> None:
    """Serve on WEBRTC_SOCKET, and on WEBRTC_SIP_PORT towards the engines."""
    sys.stdout = sys.stderr = Throttle(sys.__stderr__ or sys.stderr)
    asyncio.run(serve(partial(ready.announce, "webrtc")))


if __name__ == "__main__":
    main()
