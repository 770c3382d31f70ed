"""A backlog that drains while fresh events arrive: nobody fresh waits behind what is old."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from bench import relays
from kernel import bell, clock, events, relay
from kernel.models import Event
from sautikit_site import crew
from webhooks import services
from webhooks.models import Delivery

# Each endpoint wants one kind, so that an event has one delivery.
PER_WORKSPACE = 13
# Of a hundred endpoints one never answers.
HOLES = 1
RATE = 200
TICK_SECONDS = 0.05
DRAIN_SECONDS_MAX = 480
LOOK_SECONDS = 1.0

BACKLOG = """
    INSERT INTO webhooks_delivery (id, workspace_id, mode, event_id, endpoint_id, target, lane, url,
                                   status, attempts_count, last_error, created_at)
    SELECT gen_random_uuid(), e.workspace_id, 'live', v.id, e.id, 'endpoint:' || e.id,
           'endpoint:' || e.id, e.url, 'pending', 0, '', v.occurred_at
      FROM webhooks_endpoint AS e JOIN kernel_event AS v USING (workspace_id)
     WHERE e.workspace_id = ANY (%s) AND v.kind = %s
"""


def fresh_p99(
    environment: dict[str, str], workspaces: list[UUID], port: int, backlog: int
) -> float:
    """Return the p99 in seconds of fresh events' first attempts while the backlog drains."""
    kinds = _listen(workspaces, port)
    _pile_up(workspaces, backlog)
    waiting = relays.healthy_waiting().count()
    print(
        f"drain: {waiting:,} deliveries wait at {len(workspaces) * PER_WORKSPACE} servers",
        flush=True,
    )
    with crew.working(environment, "relay"):
        mark = clock.now()
        began = time.monotonic()
        sent = 0
        looked: float | None = began
        # To look is to read the backlog, so it is done seldom: the machine is for the two that race.
        while (looked := _looked(looked, mark)) is not None:
            elapsed = time.monotonic() - began
            assert elapsed < DRAIN_SECONDS_MAX, f"{relays.healthy_waiting().count()} still wait"
            while sent < elapsed * RATE:
                sent += _emit(workspaces, kinds)
            time.sleep(TICK_SECONDS)
        spent = time.monotonic() - began
        relays.wait_until(lambda: not relays.healthy_waiting().exists())
    count, p99 = relays.first_attempts(mark)
    print(
        f"drain: {waiting:,} in {spent:.0f} s, {waiting / spent:.0f}/s, while {count} fresh events "
        f"were sent, 99 % of them within {p99 * 1000:.0f} ms", flush=True,
    )  # fmt: skip
    assert not Delivery.objects.filter(status="pending", url__contains="/ok/").exists()
    return p99


def _looked(last: float, mark: datetime) -> float | None:
    """Return when the backlog was looked at last; None when nothing of it waits any more."""
    now = time.monotonic()
    if now - last < LOOK_SECONDS:
        return last
    return now if relays.healthy_waiting().filter(created_at__lt=mark).exists() else None


def _listen(workspaces: list[UUID], port: int) -> list[str]:
    """Give each workspace an endpoint for each of some kinds; return the kinds."""
    kinds = list(events.catalogue())[:PER_WORKSPACE]
    for place, workspace_id in enumerate(workspaces):
        for number, kind in enumerate(kinds):
            answer = "hole" if number == 0 and place < HOLES else "ok"
            services.create_endpoint(
                workspace_id=workspace_id, mode="live", event_names=[kind], actor="bench",
                url=f"http://127.0.0.1:{port}/{answer}/{workspace_id}/{number}",
            )  # fmt: skip
    return kinds


def _pile_up(workspaces: list[UUID], backlog: int) -> None:
    """Write the events of the backlog, which nobody subscribes to, and their deliveries."""
    kind = "bench.backlog"
    with transaction.atomic():
        Event.objects.bulk_create(
            Event(
                workspace_id=workspace_id, mode="live", kind=kind, payload={"cost_minor": 235},
                occurred_at=clock.now(),
            )
            for _ in range(backlog // (len(workspaces) * PER_WORKSPACE) + 1)
            for workspace_id in workspaces
        )  # fmt: skip
    while relay.sequence_batch():
        pass
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG, [workspaces, kind])
        cursor.execute("ANALYZE webhooks_delivery")


def _emit(workspaces: list[UUID], kinds: list[str]) -> int:
    """Write a tick's worth of fresh events, going round the workspaces and the kinds."""
    turn = time.monotonic_ns() // 1_000_000
    with transaction.atomic():
        made = Event.objects.bulk_create(
            Event(
                workspace_id=workspaces[(turn + number) % len(workspaces)], mode="live",
                kind=kinds[(turn // 7 + number) % len(kinds)], payload={"n": number},
                occurred_at=clock.now(),
            )
            for number in range(int(RATE * TICK_SECONDS))
        )  # fmt: skip
        bell.ring("relay")
    return len(made)
