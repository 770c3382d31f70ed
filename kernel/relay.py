"""The relay's steps: sequence the outbox and call subscribers, ring due work, run the clock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from kernel import events, rows, work
from kernel.models import Event, Sequence

log = logging.getLogger(__name__)

BATCH = 200
RELAY_LOCK = 7_351_001

SEQUENCE = """
    WITH batch AS MATERIALIZED (
        SELECT id, workspace_id, mode,
               row_number() OVER (PARTITION BY workspace_id, mode ORDER BY id) AS n
          FROM (SELECT id, workspace_id, mode FROM kernel_event
                 WHERE sequence IS NULL ORDER BY id LIMIT %s) AS waiting),
    counts AS (SELECT workspace_id, mode, max(n) AS total FROM batch GROUP BY 1, 2),
    given AS (
        INSERT INTO kernel_sequence (workspace_id, mode, last)
        SELECT workspace_id, mode, total FROM counts ORDER BY 1, 2
        ON CONFLICT (workspace_id, mode) DO UPDATE SET last = kernel_sequence.last + EXCLUDED.last
        RETURNING workspace_id, mode, last)
    UPDATE kernel_event AS e SET sequence = given.last - counts.total + batch.n
      FROM batch JOIN counts USING (workspace_id, mode) JOIN given USING (workspace_id, mode)
     WHERE e.id = batch.id
 RETURNING e.*
"""


def sequence_batch() -> int:
    """Give the next sequence numbers in one statement and call the subscribers; return how many.

    The transaction-level advisory lock makes a second relay wait, so numbers have no gap.
    """
    with transaction.atomic():
        rows.later("SELECT pg_advisory_xact_lock(%s)", [RELAY_LOCK])
        with connection.cursor() as cursor:
            cursor.execute(SEQUENCE, [BATCH])
            found = sorted(rows.read(Event, cursor), key=lambda event: event.id)
        if found:
            events.hand_on(found)
    return len(found)


def settled_sequence(workspace_id: UUID, mode: str) -> int:
    """Return the last sequence whose subscribers were called; waits for a batch under way."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RELAY_LOCK])
        given = Sequence.objects.filter(workspace_id=workspace_id, mode=mode)
        return given.values_list("last", flat=True).first() or 0


Publish = Callable[[str, str, str], None]


def ring_due_work(publish: Publish) -> int:
    """Lease what is due and publish (queue, id, token) for each; a failed ring is given back."""
    leased = work.lease_due(besides=work.CLAIMED_QUEUES)
    lost: list[UUID] = []
    for work_id, queue, token in leased:
        try:
            publish(queue, str(work_id), str(token))
        except Exception as problem:
            log.warning("work %s not rung: %s", work_id, problem)
            lost.append(work_id)
    if lost:
        work.unlease(lost)
    return len(leased) - len(lost)
