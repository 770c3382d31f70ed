"""Deliver events of the log again, or for the first time after a silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kernel import bell, clock, relay, work
from kernel.models import Event
from webhooks.errors import ReplayRange
from webhooks.models import Delivery, Endpoint, Replay
from webhooks.services.deliveries import TEST, to_endpoint
from webhooks.subscriptions import matches

KEPT = timedelta(days=30)
BATCH = 500
BATCHES_A_RUN = 20


@transaction.atomic
def replay_events(endpoint: Endpoint, *, from_at: datetime, to_at: datetime) -> Replay:
    """Send every subscribed event of the range again, delivered or not; raises ReplayRange."""
    if from_at >= to_at:
        raise ReplayRange(reason="`from` must be before `to`")
    if from_at < clock.now() - KEPT:
        raise ReplayRange(reason="events are kept for 30 days")
    return _start(endpoint, only_missed=False, from_at=from_at, to_at=to_at)


def catch_up(endpoint: Endpoint, after_sequence: int) -> Replay:
    """Deliver what happened after a sequence and was never delivered; in the caller's transaction."""
    return _start(endpoint, only_missed=True, reached_sequence=after_sequence)


# The columns are those of a replay.
def _start(endpoint: Endpoint, **columns: Any) -> Replay:
    replay = Replay.objects.create(
        workspace_id=endpoint.workspace_id,
        mode=endpoint.mode,
        endpoint=endpoint,
        created_at=clock.now(),
        **columns,
    )
    work.enqueue("webhooks.replay", replay.id)
    return replay


def run_replay(replay_id: str) -> datetime | None:
    """Make the deliveries of the next events; return a time while there are more.

    May run twice: a delivery exists once for each event and replay.
    """
    replay = Replay.objects.select_related("endpoint").filter(id=replay_id).first()
    if replay is None or replay.finished_at or replay.endpoint.deleted_at:
        return None
    if replay.last_sequence is None:
        replay.last_sequence = relay.settled_sequence(replay.workspace_id, replay.mode)
        replay.save(update_fields=["last_sequence"])
    for _ in range(BATCHES_A_RUN):
        if not _next_batch(replay):
            return None
    return clock.now()


@transaction.atomic
def _next_batch(replay: Replay) -> bool:
    rows = list(_events(replay)[:BATCH])
    new = _deliveries(replay, rows)
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    replay.deliveries_count += len(new)
    if rows:
        assert rows[-1].sequence is not None
        replay.reached_sequence = rows[-1].sequence
    if len(rows) < BATCH:
        replay.finished_at = clock.now()
    replay.save(update_fields=["deliveries_count", "reached_sequence", "finished_at"])
    bell.ring("relay")
    bell.ring("live", f"{replay.workspace_id}:{replay.mode}:webhooks")
    return len(rows) == BATCH


def _events(replay: Replay) -> QuerySet[Event]:
    rows = Event.objects.filter(
        workspace_id=replay.workspace_id,
        mode=replay.mode,
        sequence__gt=replay.reached_sequence,
        sequence__lte=replay.last_sequence,
    )
    if replay.from_at is not None:
        rows = rows.filter(occurred_at__gte=replay.from_at, occurred_at__lt=replay.to_at)
    return rows.order_by("sequence")


def _deliveries(replay: Replay, rows: list[Event]) -> list[Delivery]:
    mark = "" if replay.only_missed else f"#{replay.id.hex[-12:]}"
    wanted = [
        to_endpoint(row, replay.endpoint, mark=mark)
        for row in rows
        if row.kind != TEST and matches(replay.endpoint.events, row.kind)
    ]
    have = set(
        Delivery.objects.filter(
            event_id__in=[row.event_id for row in wanted],
            target=f"endpoint:{replay.endpoint_id}{mark}",
        ).values_list("event_id", flat=True)
    )
    return [row for row in wanted if row.event_id not in have]
