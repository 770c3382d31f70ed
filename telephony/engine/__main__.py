"""``python -m telephony.engine --fd N``: configuration first, then commands, until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from telephony.engine.pace import TICK_SECONDS, every
from telephony.engine.throttle import Throttle

LEASE_CHECK_SECONDS = 0.1
BEAT_SECONDS = 1.0


async def run(descriptor: int) -> int:
    """Serve one control socket to its end."""
    # sippy keeps the standard output of its import, so the throttle has to be there before.
    from telephony.engine.config import load
    from telephony.engine.control import Channel, Events
    from telephony.engine.engine import Engine
    from telephony.engine.journal import Journal
    from telephony.engine.warm import warm_up

    channel = await Channel.open(descriptor)
    lines = channel.lines()
    line = await anext(lines)
    try:
        config = load(line)
        engine = Engine(config, Events(channel, Journal(config.journal)))
        port = await engine.start()
    except OSError as error:
        print(f"engine: cannot start on SIP port {line['sip_port']}: {error}", file=sys.stderr)
        return 1
    warm_up()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, engine.shut_down, "engine", "terminated")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel.send({"kind": "hello", "pid": os.getpid(), "sip_port": port})

    async def obey() -> None:
        async for line in lines:
            engine.obey(line)
        engine.drain()

    tasks = [
        asyncio.create_task(each)
        for each in (
            obey(),
            every(TICK_SECONDS, engine.tick),
            every(LEASE_CHECK_SECONDS, engine.check_lease),
            every(BEAT_SECONDS, lambda _: engine.beat()),
        )
    ]
    await engine.stopped.wait()
    await engine.close()
    for task in tasks:
        task.cancel()
    channel.close()
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="telephony.engine", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="the inherited control socket")
    arguments = parser.parse_args()
    sys.stdout = sys.stderr = Throttle(sys.__stderr__ or sys.stderr)
    with contextlib.suppress(StopAsyncIteration):
        return asyncio.run(run(arguments.fd))
    return 1


if __name__ == "__main__":
    sys.exit(main())
