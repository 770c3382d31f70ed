"""Work and periodic jobs: rows in PostgreSQL that the relay rings and Celery workers claim."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from kernel import bell, clock, rows
from kernel.models import Job, Work

log = logging.getLogger(__name__)

Handler = Callable[[str], datetime | None]
JobHandler = Callable[[], str]

BACKOFF_SECONDS = (1, 5, 30, 120, 600)
# Somebody listens to silence until this work is done: its workers claim it themselves, without the
# way over the relay and Celery.
CLAIMED_QUEUES = ("voice",)


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered sort of work: which queue runs it and how long a claim lasts."""

    name: str
    queue: str
    lease_seconds: int
    handler: Handler


@dataclass(frozen=True, slots=True)
class Periodic:
    """A registered periodic job: every so often, or daily at a time in Nairobi."""

    name: str
    every: timedelta | None
    at: time | None
    handler: JobHandler

    def next_after(self, moment: datetime) -> datetime:
        if self.every is not None:
            return moment + self.every
        assert self.at is not None
        today = datetime.combine(clock.nairobi_today(moment), self.at, clock.NAIROBI)
        return today if today > moment else today + timedelta(days=1)


_kinds: dict[str, Kind] = {}
_jobs: dict[str, Periodic] = {}


def kinds() -> Mapping[str, Kind]:
    return _kinds


def jobs() -> Mapping[str, Periodic]:
    return _jobs


def work(name: str, *, queue: str, lease_seconds: int = 60) -> Callable[[Handler], Handler]:
    """Register a handler: it takes the ref, and returns None when done or the time to run again."""

    def register(handler: Handler) -> Handler:
        assert name not in _kinds, f"work {name} is registered twice"
        _kinds[name] = Kind(name, queue, lease_seconds, handler)
        return handler

    return register


def periodic(
    name: str, *, every: timedelta | None = None, at: str | None = None
) -> Callable[[JobHandler], JobHandler]:
    """Register a job run every `every`, or daily at `at` ("00:05", Nairobi); it returns its result in words."""
    assert (every is None) != (at is None), "a periodic job has an interval or a time of day"

    def register(handler: JobHandler) -> JobHandler:
        assert name not in _jobs, f"job {name} is registered twice"
        _jobs[name] = Periodic(name, every, time.fromisoformat(at) if at else None, handler)
        return handler

    return register


def enqueue(name: str, ref: object, *, due_at: datetime | None = None) -> None:
    """Write one work row in the caller's transaction; the relay is rung after it commits."""
    kind = _kinds[name]
    row = Work(name=name, queue=kind.queue, ref=str(ref), lease_seconds=kind.lease_seconds)
    if due_at is not None:
        row.due_at = due_at
    rows.insert(row)
    if due_at is None:
        bell.ring(bell_of(kind.queue) if kind.queue in CLAIMED_QUEUES else "relay")


def bell_of(queue: str) -> str:
    """Name the bell that workers who claim for themselves listen to."""
    return f"work:{queue}"


def enqueue_many(name: str, rows: Iterable[tuple[object, datetime]]) -> None:
    """Write a row for each (ref, due_at) in one statement, in the caller's transaction."""
    kind = _kinds[name]
    Work.objects.bulk_create(
        Work(
            name=name, queue=kind.queue, ref=str(ref), lease_seconds=kind.lease_seconds, due_at=due
        )
        for ref, due in rows
    )


LEASE_DUE = """
    UPDATE kernel_work SET lease_token = gen_random_uuid(), attempts = attempts + 1,
           lease_until = now() + make_interval(secs => lease_seconds)
     WHERE id IN (SELECT id FROM kernel_work
                   WHERE due_at <= now() AND (lease_until IS NULL OR lease_until < now())
                     AND {which}
                   ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
 RETURNING
"""
LEASE = LEASE_DUE.format(which="queue <> ALL(%s)") + "id, queue, lease_token"
TAKE = LEASE_DUE.format(which="queue = %s") + "id, name, ref, attempts, lease_token"


def lease_due(limit: int = 200, *, besides: Sequence[str] = ()) -> list[tuple[UUID, str, UUID]]:
    """Lease the rows that are due, `besides` those of some queues; return (id, queue, token) of each."""
    with connection.cursor() as cursor:
        cursor.execute(LEASE, [list(besides), limit])
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of work that is ours until its lease ends."""

    id: UUID
    name: str
    ref: str
    attempts: int
    token: UUID


def claim(queue: str, limit: int) -> list[Claimed]:
    """Lease rows of one queue that are due and return them."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [queue, limit])
        return [Claimed(*row) for row in cursor.fetchall()]


def unlease(ids: list[UUID]) -> None:
    """Give rows back whose ring could not be published."""
    Work.objects.filter(id__in=ids).update(lease_until=None)


CLAIM = """
    UPDATE kernel_work SET lease_token = %s,
           lease_until = now() + make_interval(secs => lease_seconds)
     WHERE id = %s AND lease_token = %s RETURNING id, name, ref, attempts, lease_token
"""
DONE = "DELETE FROM kernel_work WHERE id = %s AND lease_token = %s"


def run(work_id: str, token: str) -> bool:
    """Run one leased row once; a stale or doubled ring finds another token and does nothing."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [uuid4(), work_id, token])
        found = cursor.fetchone()
    return found is not None and run_claimed(Claimed(*found))


_running = threading.local()


def finish() -> None:
    """End the work that runs here together with its last effects, in their transaction."""
    assert connection.in_atomic_block, "work ends early only with what it has done"
    row: Claimed | None = getattr(_running, "row", None)
    if row is not None:
        rows.later(DONE, [row.id, row.token])
        transaction.on_commit(partial(setattr, _running, "row", None))


def run_claimed(row: Claimed) -> bool:
    """Run a row that is ours; False when it failed and waits for its next try."""
    _running.row = row
    try:
        again = _kinds[row.name].handler(row.ref)
    except Exception as problem:
        _back_off(row, problem)
        return False
    if again is None:
        if _running.row is not None:
            with connection.cursor() as cursor:
                cursor.execute(DONE, [row.id, row.token])
    else:
        Work.objects.filter(id=row.id, lease_token=row.token).update(
            due_at=again, lease_until=None, lease_token=None, attempts=0
        )
    return True


def _back_off(row: Claimed, problem: Exception) -> None:
    log.exception("work %s %s failed (attempt %s)", row.name, row.ref, row.attempts)
    wait = BACKOFF_SECONDS[min(row.attempts, len(BACKOFF_SECONDS)) - 1]
    Work.objects.filter(id=row.id, lease_token=row.token).update(
        due_at=timezone.now() + timedelta(seconds=wait),
        lease_until=None,
        lease_token=None,
        last_error=f"{type(problem).__name__}: {problem}"[:500],
    )


def next_due_in(limit_seconds: float) -> float:
    """Return the seconds until the next row is due, at most the limit."""
    first = (
        Work.objects.filter(Q(lease_until__isnull=True))
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    if first is None:
        return limit_seconds
    return max(0.0, min(limit_seconds, (first - timezone.now()).total_seconds()))


def start_due_jobs() -> int:
    """Turn each periodic job whose time has come into one work row; return how many."""
    moment = clock.now()
    planned = dict(Job.objects.values_list("name", "next_run_at"))
    fresh = [
        Job(name=job.name, next_run_at=job.next_after(moment))
        for job in _jobs.values()
        if job.name not in planned
    ]
    if fresh:
        Job.objects.bulk_create(fresh, ignore_conflicts=True)
    return sum(
        _start(_jobs[name], due_at, moment)
        for name, due_at in planned.items()
        if name in _jobs and due_at <= moment
    )


def _start(job: Periodic, due_at: datetime, moment: datetime) -> int:
    """Start a job unless another clock did."""
    with transaction.atomic():
        mine = Job.objects.filter(name=job.name, next_run_at=due_at).update(
            next_run_at=job.next_after(moment)
        )
        if mine:
            enqueue("kernel.run_job", job.name)
        return mine


@work("kernel.run_job", queue="periodic", lease_seconds=300)
def run_job(name: str) -> None:
    """Run one periodic job and keep what it said for the admin."""
    if name not in _jobs:
        return
    try:
        result = _jobs[name].handler()
    except Exception as problem:
        Job.objects.filter(name=name).update(
            last_run_at=clock.now(), last_result=f"failed: {problem}"[:500]
        )
        raise
    Job.objects.filter(name=name).update(last_run_at=clock.now(), last_result=result[:500])
