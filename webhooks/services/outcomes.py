"""Store what attempts brought: move deliveries, open and close breakers, disable dead endpoints."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from kernel import bell, clock, ids, work
from webhooks.models import Endpoint
from webhooks.sender import Outcome, Parcel
from webhooks.services.claims import tune
from webhooks.services.endpoints import disable_endpoint
from webhooks.states import DELIVERY

# The waits before attempts 2 to 8, in seconds, each drawn uniformly from 0 to the base.
RETRY_SECONDS = (30, 120, 600, 1_800, 7_200, 21_600, 86_400)
ATTEMPTS_MAX = len(RETRY_SECONDS) + 1
# How long a breaker stays open, the first time and each further time.
OPEN_SECONDS = (15, 30, 60, 120, 300)
FAILING_MAX = timedelta(days=5)

Sent = tuple[Parcel, Outcome]

STORE = """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s) AS g(
            id uuid, token uuid, attempt_id uuid, number integer, status text, last_error text,
            next_attempt_at timestamptz, delivered_at timestamptz, request_headers jsonb,
            response_status integer, response_headers jsonb, response_body text, error text,
            address text, duration_ms integer, timings jsonb)),
    moved AS (
        UPDATE webhooks_delivery AS d
           SET status = given.status, attempts_count = given.number, lease_token = NULL,
               lease_until = NULL, last_error = given.last_error,
               next_attempt_at = given.next_attempt_at, delivered_at = given.delivered_at
          FROM given
         WHERE d.id = given.id AND d.lease_token = given.token AND d.status IN ('pending', 'retrying')
     RETURNING d.id, d.lane, d.workspace_id, d.mode, given.attempt_id,
               CASE WHEN d.status = 'delivered' THEN d.endpoint_id END AS works, d.status),
    stored AS (
        INSERT INTO webhooks_attempt (id, delivery_id, lane, number, request_headers,
               response_status, response_headers, response_body, error, address, duration_ms,
               timings, created_at)
        SELECT given.attempt_id, moved.id, moved.lane, given.number, given.request_headers,
               given.response_status, given.response_headers, given.response_body, given.error,
               given.address, given.duration_ms, given.timings, clock_timestamp()
          FROM moved JOIN given USING (attempt_id)),
    closed AS (
        DELETE FROM webhooks_breaker
         WHERE lane = ANY (ARRAY(SELECT lane FROM moved WHERE status = 'delivered'))),
    working AS (
        UPDATE webhooks_endpoint SET failing_since = NULL
         WHERE failing_since IS NOT NULL
           AND id = ANY (ARRAY(SELECT DISTINCT works FROM moved WHERE works IS NOT NULL)))
    SELECT id, workspace_id, mode FROM moved
"""


LOCK_BREAKERS = """
    SELECT lane FROM webhooks_breaker WHERE lane = ANY (%s) ORDER BY lane FOR UPDATE
"""


@transaction.atomic
def record_outcomes(sent: Sequence[Sent]) -> set[UUID]:
    """Store attempts, move deliveries, close breakers of lanes that work; return what was still ours.

    The lease token fences: a sender that slept past its lease changes nothing. Locks breakers (when
    some may close and others open), deliveries, breakers, endpoints, each by their ids.
    """
    sent = sorted(sent, key=lambda pair: pair[0].delivery_id)
    rows = {parcel.delivery_id: _row(parcel, outcome) for parcel, outcome in sent}
    with connection.cursor() as cursor:
        tune(cursor)
        if len({outcome.is_success for _, outcome in sent}) == 2:
            cursor.execute(LOCK_BREAKERS, [sorted({parcel.lane for parcel, _ in sent})])
        cursor.execute(STORE, {"rows": orjson.dumps(list(rows.values())).decode()})
        moved = cursor.fetchall()
    ours = {row[0] for row in moved}
    again = [(key, rows[key]["next_attempt_at"]) for key in ours if rows[key]["next_attempt_at"]]
    if again:
        work.enqueue_many("webhooks.deliver", again)
    _note_failures([pair for pair in sent if pair[0].delivery_id in ours])
    for workspace_id, mode in {(row[1], row[2]) for row in moved}:
        bell.ring("live", f"{workspace_id}:{mode}:webhooks")
    return ours


# A row holds what its columns hold.
def _row(parcel: Parcel, outcome: Outcome) -> dict[str, Any]:
    number = parcel.attempts_made + 1
    event = _event(number, outcome)
    due_at = next_attempt_at(number, outcome.retry_after_seconds) if event == "fail" else None
    return {
        "id": parcel.delivery_id,
        "token": parcel.token,
        "attempt_id": ids.uuid7(),
        "number": number,
        "status": DELIVERY.target("retrying", event),
        "last_error": "" if outcome.is_success else outcome.last_error,
        "next_attempt_at": due_at,
        "delivered_at": clock.now() if outcome.is_success else None,
        "request_headers": outcome.request_headers,
        "response_status": outcome.status,
        "response_headers": outcome.response_headers,
        "response_body": outcome.response_body,
        "error": outcome.error,
        "address": outcome.address,
        "duration_ms": outcome.duration_ms,
        "timings": outcome.timings,
    }


def _event(number: int, outcome: Outcome) -> str:
    if outcome.is_success:
        return "succeed"
    return "give_up" if number >= ATTEMPTS_MAX or outcome.is_hopeless else "fail"


def next_attempt_at(attempts_made: int, retry_after_seconds: int | None) -> datetime:
    """Return when to try again: full jitter on the table, `Retry-After` honoured up to twice the base."""
    base = RETRY_SECONDS[attempts_made - 1]
    wait = random.uniform(0, base)
    if retry_after_seconds is not None:
        wait = max(wait, min(retry_after_seconds, 2 * base))
    return clock.now() + timedelta(seconds=wait)


def _note_failures(sent: Sequence[Sent]) -> None:
    """Open the breaker of lanes that only fail, and disable what is dead."""
    bad = [parcel for parcel, it in sent if not it.is_success and not it.is_hopeless]
    if not bad:
        return
    good = {parcel.lane for parcel, outcome in sent if outcome.is_success}
    for lane in sorted({parcel.lane for parcel in bad} - good):
        _trip(lane)
    _mark_failing({parcel.endpoint_id for parcel in bad if parcel.endpoint_id})


# Five failures in a row, or 70 % of at least ten in 30 seconds.
TRIP = """
    WITH recent AS (
        SELECT (response_status IS NULL OR response_status NOT BETWEEN 200 AND 299) AS failed,
               created_at, row_number() OVER (ORDER BY created_at DESC) AS place
          FROM (SELECT response_status, created_at FROM webhooks_attempt WHERE lane = %(lane)s
                 ORDER BY created_at DESC LIMIT 200) AS last),
    verdict AS (
        SELECT count(*) FILTER (WHERE failed AND place <= 5) = 5
            OR (count(*) FILTER (WHERE created_at > now() - interval '30 seconds') >= 10
                AND count(*) FILTER (WHERE failed AND created_at > now() - interval '30 seconds')
                    >= 0.7 * count(*) FILTER (WHERE created_at > now() - interval '30 seconds'))
               AS is_bad
          FROM recent)
    INSERT INTO webhooks_breaker AS b (lane, trips, open_until)
    SELECT %(lane)s, 1, now() + make_interval(secs => (%(waits)s::float[])[1]) FROM verdict
     WHERE is_bad
        ON CONFLICT (lane) DO UPDATE
       SET trips = b.trips + 1,
           open_until = now() + make_interval(
               secs => (%(waits)s::float[])[least(b.trips + 1, cardinality(%(waits)s::float[]))])
     WHERE b.open_until <= now()
"""


def _trip(lane: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIP, {"lane": lane, "waits": list(OPEN_SECONDS)})


def _mark_failing(endpoint_ids: set[UUID]) -> None:
    """Remember since when an endpoint fails; after five days of nothing else it is disabled."""
    failing = Endpoint.objects.filter(id__in=endpoint_ids).order_by("id")
    for endpoint in failing.filter(failing_since__isnull=True).select_for_update(no_key=True):
        Endpoint.objects.filter(id=endpoint.id).update(failing_since=clock.now())
    dead_since = clock.now() - FAILING_MAX
    for endpoint in failing.filter(status="active", failing_since__lt=dead_since):
        disable_endpoint(endpoint)
