"""The traffic of a fault run and its oracle: what was acknowledged must arrive, in order where promised."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID, uuid4

import django

django.setup()

from django.db import DatabaseError, close_old_connections, transaction  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from accounts import services as accounts  # noqa: E402  # Models exist after the set-up above.
from accounts.models import User  # noqa: E402
from bench.receiver import Arrivals, serve  # noqa: E402
from kernel import bell, clock  # noqa: E402
from kernel.models import Event  # noqa: E402
from webhooks import services  # noqa: E402
from webhooks.models import Delivery, Endpoint  # noqa: E402

WORKSPACES = 10
# Twenty servers, two in each workspace; of the second ones two never answer and two flap.
SECOND = ["hole", "hole", "flap", "flap"] + ["ok"] * (WORKSPACES - 4)
CALL_KINDS = ("call.started", "call.answered", "call.completed")
TICK_SECONDS = 0.05
QUIET_SECONDS = 150


@dataclass(frozen=True, slots=True)
class Listener:
    """One customer's server."""

    workspace_id: UUID
    path: str
    is_healthy: bool
    is_ordered: bool


def main() -> int:
    """Emit, wait for quiet, and say what was broken; 0 when nothing was."""
    parser = argparse.ArgumentParser()
    for name in ("seed", "seconds", "rate"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    arrivals = Arrivals()
    port = _receivers(arrivals, given.seed)
    listeners = list(_listeners(port))
    print(f"seed {given.seed}: {len(listeners)} servers, {given.rate} events/s", flush=True)
    acknowledged = _emit(listeners, given)
    spent = _wait_for_quiet()
    wrong = list(_judge(listeners, arrivals, acknowledged))
    total = sum(len(found) for found in arrivals.by_path.values())
    unique = sum(len({event for event, _ in found}) for found in arrivals.by_path.values())
    print(
        f"{len(acknowledged)} events acknowledged, {total} arrivals, {total - unique} of them twice, "
        f"quiet after {spent:.0f} s"
    )
    for line in wrong:
        print(f"WRONG: {line}")
    print("faults webhooks: " + ("FAILED" if wrong else "every promise held"))
    return 1 if wrong else 0


def _receivers(arrivals: Arrivals, seed: int) -> int:
    loop = asyncio.new_event_loop()
    _server, port = loop.run_until_complete(serve(arrivals, seed=seed))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return port


def _listeners(port: int) -> Iterator[Listener]:
    for number in range(WORKSPACES):
        user = User.objects.create(email=f"fault-{number}@example.com", name="Fault")
        made = accounts.onboard(
            user=user, name="Fault", workspace_name=f"Fault {number}", country="KE", currency="KES"
        )
        workspace_id = made.workspace.id
        for place, kind in enumerate(("ok", SECOND[number])):
            path = f"/{kind}/{number}/{place}"
            ordered = kind == "ok" and number % 2 == 0
            services.create_endpoint(
                workspace_id=workspace_id, mode="live", url=f"http://127.0.0.1:{port}{path}",
                event_names=["call.*"], ordered=ordered, actor="faults",
            )  # fmt: skip
            yield Listener(workspace_id, path, kind == "ok", ordered)


def _emit(listeners: list[Listener], given: argparse.Namespace) -> set[str]:
    """Write events at the rate, whatever is down; return the ids whose commit was acknowledged."""
    chance = random.Random(given.seed)
    workspaces = sorted({listener.workspace_id for listener in listeners})
    calls: dict[UUID, tuple[UUID, int]] = {}
    acknowledged: set[str] = set()
    began = time.monotonic()
    sent = 0
    while (now := time.monotonic() - began) < given.seconds:
        rows = []
        while sent < now * given.rate:
            sent += 1
            workspace_id = chance.choice(workspaces)
            call_id, number = calls.get(workspace_id, (uuid4(), 0))
            rows.append(_event(workspace_id, call_id, number))
            is_over = number == len(CALL_KINDS) - 1
            calls[workspace_id] = (uuid4(), 0) if is_over else (call_id, number + 1)
        acknowledged |= _write(rows)
        time.sleep(TICK_SECONDS)
    return acknowledged


def _event(workspace_id: UUID, call_id: UUID, number: int) -> Event:
    return Event(
        workspace_id=workspace_id, mode="live", kind=CALL_KINDS[number], payload={"n": number},
        call_id=call_id, call_number=number + 1, occurred_at=clock.now(),
    )  # fmt: skip


def _write(rows: list[Event]) -> set[str]:
    try:
        with transaction.atomic():
            Event.objects.bulk_create(rows)
            bell.ring("relay")
    except DatabaseError:
        # Nobody was told that it worked, so nothing is promised.
        close_old_connections()
        return set()
    return {str(row.event_id) for row in rows}


def _wait_for_quiet() -> float:
    """Wait until nothing is left for healthy servers, or nothing has moved for long."""
    began = moved_at = time.monotonic()
    least = None
    while time.monotonic() - moved_at < QUIET_SECONDS:
        try:
            left = Event.objects.filter(sequence=None).count() + _open().count()
        except DatabaseError:
            close_old_connections()
            left = None
        if left == 0:
            break
        if left is not None and (least is None or left < least):
            least, moved_at = left, time.monotonic()
        time.sleep(0.5)
    return time.monotonic() - began


def _open() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        status__in=("pending", "retrying"), endpoint__url__contains="/ok/"
    )


def _judge(listeners: list[Listener], arrivals: Arrivals, acknowledged: set[str]) -> Iterator[str]:
    rows = list(Event.objects.order_by("sequence"))
    stored = {str(row.event_id) for row in rows}
    if lost := acknowledged - stored:
        yield f"{len(lost)} acknowledged events are not in the log"
    yield from _gaps(rows)
    by_workspace = defaultdict(list)
    for row in rows:
        by_workspace[row.workspace_id].append(row)
    for listener in listeners:
        if listener.is_healthy:
            came = arrivals.by_path.get(listener.path, [])
            yield from _missing(listener, by_workspace[listener.workspace_id], came)
    states = Counter(Endpoint.objects.values_list("status", flat=True))
    if set(states) != {"active"}:
        yield f"endpoints are {dict(states)}"


def _gaps(rows: list[Event]) -> Iterator[str]:
    sequences = defaultdict(list)
    for row in rows:
        sequences[row.workspace_id].append(row.sequence)
    for workspace_id, found in sequences.items():
        if found != list(range(1, len(found) + 1)):
            yield f"the sequence of {workspace_id} has a gap"


def _missing(listener: Listener, rows: list[Event], came: list[tuple[str, float]]) -> Iterator[str]:
    first: dict[str, int] = {}
    for place, (event_id, _moment) in enumerate(came):
        first.setdefault(event_id, place)
    missing = [row for row in rows if str(row.event_id) not in first]
    if missing:
        yield f"{len(missing)} of {len(rows)} events did not arrive at {listener.path}"
    if not listener.is_ordered or missing:
        return
    calls = defaultdict(list)
    for row in rows:
        calls[row.call_id].append((row.call_number or 0, first[str(row.event_id)]))
    wrong = [
        call_id
        for call_id, found in calls.items()
        if any(a[1] > b[1] for a, b in pairwise(sorted(found)))
    ]
    if wrong:
        yield f"{len(wrong)} of {len(calls)} calls came out of order to {listener.path}"


if __name__ == "__main__":
    sys.exit(main())
