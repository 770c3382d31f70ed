"""Claim deliveries under the rules of their lanes: two in flight, one when ordered or on probation."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import connection, transaction

from kernel import clock, events
from webhooks import lanes
from webhooks.models import Delivery
from webhooks.sender import Parcel

LEASE_SECONDS = 30
# How many lanes one claim looks at; the next claim goes on behind the last of them.
LANES_SEEN = 400
# Of so many claims one takes the oldest first, so that a backlog always drains.
OLDEST_EACH = 8

# Leases that have not run out, by lane and by workspace, and those of other processes among them.
FLYING = """
    flying AS MATERIALIZED (
        SELECT lane, workspace_id, count(*) AS n,
               count(*) FILTER (WHERE lease_token <> %(token)s) AS of_others
          FROM webhooks_delivery
         WHERE lease_token IS NOT NULL AND lease_until >= now() GROUP BY lane, workspace_id)
"""
# The index is walked from lane to lane, however many deliveries wait in each.
CHOOSE = f"""
    WITH RECURSIVE {FLYING},
    seen AS (
        (SELECT lane, endpoint_id, workspace_id FROM webhooks_delivery
          WHERE status = 'pending' AND lane > %(after)s ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT ahead.lane, ahead.endpoint_id, ahead.workspace_id FROM seen CROSS JOIN LATERAL (
            SELECT lane, endpoint_id, workspace_id FROM webhooks_delivery
             WHERE status = 'pending' AND lane > seen.lane ORDER BY lane LIMIT 1) AS ahead),
    looked AS MATERIALIZED (SELECT * FROM seen LIMIT {LANES_SEEN}),
    busy AS (SELECT workspace_id, sum(n) AS n FROM flying GROUP BY workspace_id),
    able AS (
        SELECT looked.lane, looked.workspace_id, coalesce(flying.n, 0) AS used,
               coalesce(e.ordered, false) AS ordered,
               CASE WHEN b.lane IS NOT NULL OR e.ordered THEN 1
                    WHEN looked.lane = ANY (%(quick)s) AND coalesce(flying.of_others, 0) = 0
                    THEN {lanes.AHEAD} ELSE {lanes.IN_FLIGHT} END AS cap
          FROM looked LEFT JOIN flying USING (lane)
          LEFT JOIN webhooks_endpoint e ON e.id = looked.endpoint_id
          LEFT JOIN webhooks_breaker b ON b.lane = looked.lane
         WHERE (b.lane IS NULL OR b.open_until <= now())
           AND (e.id IS NULL OR (e.status = 'active' AND e.deleted_at IS NULL))),
    turns AS (
        SELECT able.*, coalesce(busy.n, 0) + sum(cap - used) OVER (
                   PARTITION BY able.workspace_id
                   ORDER BY used, hashtextextended(lane, %(claims)s)) AS turn
          FROM able LEFT JOIN busy USING (workspace_id) WHERE used < cap),
    chosen AS MATERIALIZED (
        SELECT lane, cap, ordered, turn FROM turns WHERE turn <= {lanes.SHARE} + 1
         ORDER BY turn LIMIT %(room)s)
    SELECT (SELECT max(lane) FROM looked), (SELECT count(*) FROM looked),
           coalesce(jsonb_agg(to_jsonb(chosen))
                    FILTER (WHERE pg_try_advisory_xact_lock(hashtextextended(lane, 5))), '[]')
      FROM chosen
"""  # noqa: S608  Only constants of ours are in it.
# A first attempt waits for the earlier ones of its call; in an ordered lane also for their retries.
# Not as NOT EXISTS: joined to a whole lane it would be read for each delivery of a backlog.
UNBLOCKED = """
    (d.call_id IS NULL OR
     (SELECT true FROM webhooks_delivery AS earlier
       WHERE earlier.lane = d.lane AND earlier.call_id = d.call_id
         AND earlier.event_id < d.event_id AND earlier.status IN ('pending', 'retrying')
         AND (m.ordered OR earlier.status = 'pending') LIMIT 1) IS NULL)
"""
# All that is needed to sign and send, in the order of the events.
READ = """
    SELECT d.id, d.attempts_count, d.lane, coalesce(e.url, d.url), d.endpoint_id, e.secret,
           e.previous_secret, e.previous_secret_until, w.signing_secret, d.event_id, v.event_id,
           v.kind, v.workspace_id, v.mode, v.sequence, v.occurred_at, v.payload, v.call_number
      FROM {rows} AS d JOIN kernel_event AS v ON v.id = d.event_id
      JOIN accounts_workspace AS w ON w.id = d.workspace_id
      LEFT JOIN webhooks_endpoint AS e ON e.id = d.endpoint_id
     ORDER BY d.event_id
"""
WAITING = f"""
    SELECT d.id, d.created_at FROM webhooks_delivery AS d
     WHERE d.lane = m.lane AND d.status = 'pending'
       AND (d.lease_until IS NULL OR d.lease_until < now()) AND {UNBLOCKED}
"""  # noqa: S608
CLAIM = f"""
    WITH {FLYING},
    mine AS (
        SELECT m.lane, m.ordered, m.turn, least(
                   CASE WHEN flying.of_others > 0 THEN least(m.cap, {lanes.IN_FLIGHT}) ELSE m.cap END
                   - coalesce(flying.n, 0), ceil(%(room)s::float / count(*) OVER ())) AS room
          FROM jsonb_to_recordset(%(mine)s) AS m(lane text, cap integer, ordered boolean, turn numeric)
          LEFT JOIN flying ON flying.lane = m.lane),
    picked AS (
        SELECT one.id FROM mine AS m CROSS JOIN LATERAL (
            SELECT both_ends.id FROM (
                (SELECT id, %(oldest_rank)s AS rank FROM ({WAITING} ORDER BY d.event_id
                  LIMIT greatest(m.room, 0)) AS oldest)
                UNION ALL
                (SELECT id, 1 FROM ({WAITING} AND NOT m.ordered ORDER BY d.event_id DESC
                  LIMIT greatest(m.room, 0)) AS newest
                  WHERE created_at > now() - interval '1 minute')) AS both_ends
             GROUP BY both_ends.id ORDER BY min(both_ends.rank) LIMIT greatest(m.room, 0)) AS one
         ORDER BY m.turn LIMIT %(room)s),
    leased AS (
        UPDATE webhooks_delivery AS d
           SET lease_token = %(token)s, lease_until = now() + make_interval(secs => {LEASE_SECONDS})
         WHERE d.id = ANY (ARRAY(SELECT id FROM picked))
     RETURNING d.*)
    {READ.format(rows="leased")}
"""  # noqa: S608


@dataclass
class Rota:
    """Who claims, where the last claim stopped looking, and which lanes answer so fast that more
    may be leased in them than are sent at once."""

    token: UUID = field(default_factory=uuid4)
    after: str = ""
    claims: int = 0
    quick: dict[str, None] = field(default_factory=dict)


def claim_first(limit: int, rota: Rota | None = None) -> list[Parcel]:
    """Lease deliveries that wait for their first attempt, a few of each lane that has room.

    In a quick lane that nobody else leases in these are more than may be under way at once; the
    caller keeps to `lanes.IN_FLIGHT` and gives back what it does not send.
    """
    rota = rota or Rota()
    ends = time.monotonic() + LEASE_SECONDS
    return _parcels(_lease_first(limit, rota), rota.token, ends)


GIVE_BACK = """
    UPDATE webhooks_delivery SET lease_token = NULL, lease_until = NULL
     WHERE id = ANY (%s) AND lease_token = %s AND status = 'pending'
"""


@transaction.atomic
def give_back(parcels: Sequence[Parcel]) -> None:
    """End the leases of parcels that were not sent, so that they can be claimed again."""
    with connection.cursor() as cursor:
        tune(cursor)
        for token in {parcel.token for parcel in parcels}:
            mine = [parcel.delivery_id for parcel in parcels if parcel.token == token]
            cursor.execute(GIVE_BACK, [mine, token])


# The connection's cursor is Django's wrapper, which has no type of its own.
def tune(cursor: Any) -> None:
    """Set this transaction up for many small look-ups.

    What a crash of the server forgets is claimed and sent again under the same event id, so nobody
    waits for the disk. The tables change faster than their statistics, by which a scan of the whole
    backlog may look cheap; and only plain index scans note which entries are dead.
    """
    cursor.execute(TUNE)


TUNE = """
    SELECT set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true),
           set_config('enable_bitmapscan', 'off', true)
"""


# A row holds the values of its columns.
@transaction.atomic
def _lease_first(limit: int, rota: Rota) -> list[tuple[Any, ...]]:
    """Take the locks of lanes with room, so that dispatchers and retries together keep to it."""
    with connection.cursor() as cursor:
        tune(cursor)
        given: dict[str, Any] = {"room": limit, "token": rota.token}
        asked = {"after": rota.after, "claims": rota.claims, "quick": list(rota.quick)}
        cursor.execute(CHOOSE, given | asked)
        last, seen, chosen = cursor.fetchone()
        rota.after = last if seen == LANES_SEEN else ""
        rota.claims += 1
        if chosen == "[]":
            return []
        # In a lane with a backlog what is fresh goes first, and the oldest in each eighth claim.
        rank = 2 if rota.claims % OLDEST_EACH else 0
        cursor.execute(CLAIM, given | {"mine": chosen, "oldest_rank": rank})
        return list(cursor.fetchall())


STATE = f"""
    WITH {FLYING}
    SELECT d.status = 'retrying' AND e.deleted_at IS NULL AND coalesce(e.status, 'active') = 'active',
           greatest(d.next_attempt_at, d.lease_until, b.open_until),
           coalesce((SELECT sum(n) FROM flying WHERE flying.lane = d.lane), 0)
             < CASE WHEN b.lane IS NOT NULL OR e.ordered THEN 1 ELSE {lanes.IN_FLIGHT} END,
           {UNBLOCKED}
      FROM webhooks_delivery AS d LEFT JOIN webhooks_endpoint AS e ON e.id = d.endpoint_id
      LEFT JOIN webhooks_breaker AS b ON b.lane = d.lane
      CROSS JOIN LATERAL (SELECT coalesce(e.ordered, false) AS ordered) AS m
     WHERE d.id = %(id)s
"""  # noqa: S608
LEASE_ONE = f"""
    WITH leased AS (
        UPDATE webhooks_delivery SET lease_token = %s, lease_until = now() + make_interval(secs => %s)
         WHERE id = %s AND status = 'retrying' RETURNING *)
    {READ.format(rows="leased")}
"""  # noqa: S608


@transaction.atomic
def claim_one(delivery_id: str) -> Parcel | datetime | None:
    """Lease one delivery that is due again; a time when its lane must wait, None when it is over.

    Takes the lane's lock.
    """
    lane = Delivery.objects.filter(id=delivery_id).values_list("lane", flat=True).first()
    if lane is None:
        return None
    token = uuid4()
    with connection.cursor() as cursor:
        tune(cursor)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [lane])
        cursor.execute(STATE, {"id": delivery_id, "token": token})
        is_wanted, not_before, has_room, is_unblocked = cursor.fetchone()
        if not is_wanted:
            return None
        if not_before is not None and not_before > clock.now():
            return soon(1, after=not_before)
        if not has_room:
            return soon(2)
        if not is_unblocked:
            return soon(20)
        cursor.execute(LEASE_ONE, [token, LEASE_SECONDS, delivery_id])
        return next(iter(_parcels(cursor.fetchall(), token)), None)


def soon(most_seconds: float, *, after: datetime | None = None) -> datetime:
    """Return a moment within so many seconds, so that those who wait do not come back at once."""
    return (after or clock.now()) + timedelta(seconds=random.uniform(0.2, 1) * most_seconds)


# A row holds the values of its columns.
def _parcels(
    rows: Sequence[tuple[Any, ...]], token: UUID, lease_ends: float = math.inf
) -> list[Parcel]:
    """Write the body of each event once, however many targets it has."""
    bodies: dict[int, bytes] = {}
    moment = clock.now()
    found = []
    for row in rows:
        body = bodies.get(row[9])
        if body is None:
            body = bodies[row[9]] = _body(row)
        found.append(
            Parcel(
                delivery_id=row[0],
                token=token,
                lane=row[2],
                endpoint_id=row[4],
                attempts_made=row[1],
                url=row[3],
                event_id=str(row[10]),
                kind=row[11],
                body=body,
                secrets=_secrets(row, moment),
                lease_ends=lease_ends,
            )
        )
    return found


def _body(row: tuple[Any, ...]) -> bytes:
    event_id, kind, workspace_id, mode, sequence, occurred_at, payload, call_number = row[10:]
    return orjson.dumps(
        events.body(
            kind=kind,
            event_id=event_id,
            workspace_id=workspace_id,
            mode=mode,
            sequence=sequence,
            occurred_at=occurred_at,
            data=orjson.loads(payload),
            call_number=call_number,
        )
    )


def _secrets(row: tuple[Any, ...], moment: datetime) -> list[str]:
    endpoint_id, secret, previous, until, of_workspace = row[4:9]
    if endpoint_id is None:
        return [of_workspace]
    held = [secret, previous] if until is not None and until > moment else [secret]
    return [each for each in held if each]
