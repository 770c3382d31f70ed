"""Durable deliveries against a bare aiohttp fan-out, and what black holes do to everybody else."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from uuid import UUID

import aiohttp
from django.db import connection, transaction

from accounts import services as accounts
from accounts.models import User
from bench import drain, relays
from bench.rounds import Figure, compare
from kernel import clock, relay
from kernel.models import Event
from sautikit_site import crew
from webhooks import dispatcher, services
from webhooks.lanes import POOL
from webhooks.models import Attempt, Delivery, Endpoint

WORKSPACES = 8
ENDPOINTS = 15
EVENTS = 40
SECONDS = 6.0
BODY = b'{"event":"call.completed","data":{"cost_minor":235}}' * 8

_marks = itertools.count()


def run(environment: dict[str, str], rounds: int, *, backlog: int) -> Iterator[Figure]:
    """Yield the figures; raises AssertionError when a delivery or its attempt is missing."""
    with receivers(environment) as port:
        workspaces = [_workspace(number) for number in range(WORKSPACES)]
        _endpoints(workspaces, f"http://127.0.0.1:{port}/ok")
        yield compare(
            "bare aiohttp against itself", lambda: asyncio.run(bare(port)), peer_name="bare aiohttp",
            peer=lambda: asyncio.run(bare(port)), floor=None, rounds=rounds,
        )  # fmt: skip
        yield compare(
            f"durable deliveries, {POOL} at once", lambda: deliver(workspaces),
            peer_name="bare aiohttp", peer=lambda: asyncio.run(bare(port)), floor=0.5, rounds=rounds,
        )  # fmt: skip
        # Time is worse when it is larger, so its inverse is compared: 0.33 is three times as long.
        yield compare(
            "1 / p99 of the first attempt, 1 % black holes",
            lambda: 1 / p99(environment, workspaces, port, holes=2), peer_name="no black hole",
            peer=lambda: 1 / p99(environment, workspaces, port, holes=0), floor=0.33, rounds=rounds,
        )  # fmt: skip
        if backlog:
            drained = [_workspace(WORKSPACES + number) for number in range(WORKSPACES)]
            # A second in which the slowest of a hundred fresh events is sent is the floor.
            yield compare(
                f"1 / p99 of fresh events while {backlog:,} drain",
                lambda: 1 / drain.fresh_p99(environment, drained, port, backlog),
                peer_name="one second", peer=lambda: 1.0, floor=1.0, rounds=1,
            )  # fmt: skip


@contextlib.contextmanager
def receivers(environment: dict[str, str]) -> Iterator[int]:
    """Run the customers' servers in a process of their own and yield their port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.receiver"], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(5)


def _workspace(number: int) -> UUID:
    user = User.objects.create(email=f"webhooks-{number}@example.com", name="Bench")
    made = accounts.onboard(
        user=user, name="Bench", workspace_name=f"Hooks {number}", country="KE", currency="KES"
    )
    return made.workspace.id


def _endpoints(workspaces: list[UUID], url: str, *, count: int = ENDPOINTS) -> None:
    for workspace_id in workspaces:
        for number in range(count):
            services.create_endpoint(
                workspace_id=workspace_id, mode="live", url=f"{url}/{workspace_id}/{number}",
                event_names=["call.*"], actor="bench",
            )  # fmt: skip


def emit(workspaces: list[UUID], count: int) -> None:
    """Write so many events in each workspace."""
    with transaction.atomic():
        Event.objects.bulk_create(
            Event(
                workspace_id=workspace_id, mode="live", kind="call.completed",
                payload={"cost_minor": 235, "currency": "KES"}, occurred_at=clock.now(),
            )
            for workspace_id in workspaces
            for _ in range(count)
        )  # fmt: skip


@contextlib.contextmanager
def sending() -> Iterator[dispatcher.Dispatcher]:
    stop = threading.Event()
    running = dispatcher.start(stop)
    try:
        yield running
    finally:
        stop.set()
        running.join(15)


def deliver(workspaces: list[UUID]) -> float:
    """Send what waits and return deliveries a second; their rows are made before the clock runs."""
    before = Attempt.objects.filter(response_status=200).count()
    emit(workspaces, EVENTS)
    while relay.sequence_batch():
        pass
    total = Delivery.objects.filter(status="pending").count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE webhooks_delivery")
    started = time.monotonic()
    with sending() as running:
        running.wake()
        while Delivery.objects.filter(status="pending").exists():
            assert time.monotonic() - started < 120, "the deliveries do not end"
            time.sleep(0.05)
        spent = time.monotonic() - started
    assert total == WORKSPACES * ENDPOINTS * EVENTS
    assert Attempt.objects.filter(response_status=200).count() - before == total
    return total / spent


async def bare(port: int) -> float:
    """Post as often and as many at once as we do, with nothing else around it."""
    total = WORKSPACES * ENDPOINTS * EVENTS
    left = iter(range(total))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL)) as session:

        async def caller() -> None:
            for _ in left:
                async with session.post(f"http://127.0.0.1:{port}/ok/0", data=BODY) as answer:
                    assert answer.status == 200

        started = time.monotonic()
        await asyncio.gather(*(caller() for _ in range(POOL)))
        return total / (time.monotonic() - started)


def p99(environment: dict[str, str], workspaces: list[UUID], port: int, *, holes: int) -> float:
    """Return the seconds from the event to the first attempt that 99 % of healthy ones stay under."""
    for workspace_id in workspaces[:holes]:
        _endpoints([workspace_id], f"http://127.0.0.1:{port}/hole", count=1)
    with crew.working(environment, "relay"):
        mark = clock.now()
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            emit(workspaces[next(_marks) % WORKSPACES :][:1], 1)
            time.sleep(0.1)
        relays.wait_until(lambda: not relays.healthy_waiting().exists())
    Endpoint.objects.filter(url__contains="/hole").update(deleted_at=clock.now())
    Delivery.objects.filter(url__contains="/hole", attempts_count=0).delete()
    return relays.first_attempts(mark)[1]
