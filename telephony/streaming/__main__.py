"""``python -m telephony.streaming --fd N``: serve one engine until it closes its end."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sys
from functools import partial

from kernel import http
from telephony.streaming.customer import Customer, Order
from telephony.streaming.wire import Broken, Line, Wire, prepare

FAREWELL_SECONDS = 1.0


class Bridge:
    """The streams of one engine; everything here runs on the event loop."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._running: dict[int, tuple[Customer, asyncio.Task[None]]] = {}
        self.stopped = asyncio.Event()

    def read(self) -> None:
        """Take everything the engine has sent."""
        try:
            for message in self._wire.messages():
                if isinstance(message, dict):
                    self._obey(message)
                elif found := self._running.get(message[0]):
                    found[0].hear(message[1])
        except Broken:
            self.stopped.set()

    async def close(self) -> None:
        """Tell every customer that we leave."""
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=FAREWELL_SECONDS)

    def _obey(self, line: Line) -> None:
        if line["kind"] == "policy":
            http.configure(http.Policy(allow_loopback=bool(line["allow_loopback"])))
        elif line["kind"] == "open":
            self._start(Order.read(line))
        elif found := self._running.get(line["number"]):
            found[1].cancel()

    def _start(self, order: Order) -> None:
        customer = Customer(order, say=self._wire.audio, tell=self._wire.line)
        task = asyncio.create_task(customer.run())
        self._running[order.number] = customer, task
        task.add_done_callback(partial(self._forget, order.number))

    def _forget(self, number: int, task: asyncio.Task[None]) -> None:
        self._running.pop(number, None)
        if not task.cancelled() and (fault := task.exception()):
            print(f"stream {number}: {fault!r}", file=sys.stderr)
            self._wire.line(kind="closed", number=number, reason="a fault of ours", dropped=0)


async def serve(descriptor: int) -> None:
    """Serve one engine to its end."""
    end = socket.socket(fileno=descriptor)
    prepare(end)
    bridge = Bridge(Wire(end))
    asyncio.get_running_loop().add_reader(descriptor, bridge.read)
    await bridge.stopped.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    await bridge.close()
    end.close()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="telephony.streaming", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="the inherited socket")
    arguments = parser.parse_args()
    # Who stops the engine stops us: its end of the socket closes.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(serve(arguments.fd))


if __name__ == "__main__":
    main()
