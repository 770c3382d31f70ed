"""System health: processes by their heartbeat, queues, engines, periodic tasks, the seals' head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis
from django.conf import settings
from django.db.models import Count, Min

from kernel import clock, ready, seals, work
from kernel.models import Job, Work
from kernel.seals import Head
from sautikit_site.processes import names as process_names
from telephony.places import Report, reports
from wallet.models import MpesaAccess, SealedNight
from webhooks.models import Breaker

BREAKERS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in one queue, and since when the oldest."""

    name: str
    waiting: int
    tried: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Task:
    """A periodic task with what its last run said."""

    name: str
    does: str
    last_run_at: datetime | None
    last_result: str
    next_run_at: datetime
    is_late: bool
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What the page shows; `broker` is what is wrong with Valkey, if anything."""

    processes: list[tuple[str, bool]]
    broker: str
    queues: list[Queue]
    tasks: list[Task]
    places: list[Report]
    breakers: list[Breaker]
    access: list[MpesaAccess]
    head: Head | None
    sealed_at: datetime | None


def look() -> Health:
    """Read the state of every part now."""
    processes, broker = _processes()
    now = clock.now()
    last_night = SealedNight.objects.order_by("-id").first()
    return Health(
        processes=processes,
        broker=broker,
        queues=_queues(now),
        tasks=_tasks(now),
        places=reports(),
        breakers=list(Breaker.objects.filter(open_until__gt=now).order_by("-trips")[:BREAKERS_MAX]),
        access=list(MpesaAccess.objects.defer("token").order_by("app")),
        head=seals.head(),
        sealed_at=last_night.sealed_at if last_night else None,
    )


def _processes() -> tuple[list[tuple[str, bool]], str]:
    names = process_names(sandbox=settings.SANDBOX)
    try:
        missing = ready.missing(names)
    except redis.RedisError as problem:
        return [(name, False) for name in names], f"Valkey does not answer: {problem}"
    return [(name, name not in missing) for name in names], ""


def _queues(now: datetime) -> list[Queue]:
    rows = Work.objects.filter(due_at__lte=now).values("queue")
    found = rows.annotate(waiting=Count("id"), oldest=Min("due_at")).order_by("queue")
    tried = dict(
        Work.objects.filter(attempts__gt=1).values_list("queue").annotate(count=Count("id"))
    )
    return [
        Queue(row["queue"], row["waiting"], tried.get(row["queue"], 0), row["oldest"])
        for row in found
    ]


def _tasks(now: datetime) -> list[Task]:
    stored = Job.objects.in_bulk(list(work.jobs()))
    found = []
    for name, declared in sorted(work.jobs().items()):
        row = stored.get(name)
        if row is None:
            continue
        does = (declared.handler.__doc__ or "").strip().split("\n")[0]
        found.append(
            Task(
                name=name,
                does=does,
                last_run_at=row.last_run_at,
                last_result=row.last_result,
                next_run_at=row.next_run_at,
                is_late=row.next_run_at < now,
                has_failed=row.last_result.startswith("failed:"),
            )
        )
    return found
