"""Orders from their rows to the engines: claimed in order, sent once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from calls import services as calls
from kernel import clock
from kernel.rows import later

BATCH = 200
# An order waits until its leg has an engine; one for a leg that is over is never sent.
CLAIM = """
    SELECT c.id, c.leg_id, c.kind, c.body, coalesce(c.engine_id, l.engine_id), l.state
      FROM telephony_command c LEFT JOIN calls_leg l ON l.id = c.leg_id
     WHERE c.sent_at IS NULL
       AND (c.kind = 'originate' AND coalesce(c.engine_id, l.engine_id) IS NULL
            OR l.state = 'ended'
            OR coalesce(c.engine_id, l.engine_id) = ANY(%s))
     ORDER BY c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""

SENT = "UPDATE telephony_command SET sent_at = %s WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Order:
    """One line for one engine."""

    engine_id: UUID
    # The line is one JSON object of the engine protocol.
    line: dict[str, Any]


def claim(mine: Iterable[UUID], choose: Callable[[], UUID | None]) -> list[Order]:
    """Take the orders for these engines; `choose` names the engine that dials a new leg."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [list(mine), BATCH])
            rows = cursor.fetchall()
        chosen: dict[UUID, UUID] = {}
        for _, leg_id, kind, _, engine_id, leg_state in rows:
            # A leg that is dialled for another one is on that one's engine already.
            is_new = kind == "originate" and engine_id is None and leg_state != "ended"
            if is_new and (choice := choose()) is not None:
                chosen[leg_id] = choice
        assigned = calls.assign_engines(chosen)
        orders = []
        done = []
        for row_id, leg_id, kind, body, engine_id, leg_state in rows:
            engine = engine_id or chosen.get(leg_id)
            is_over = leg_state == "ended" or (leg_id in chosen and leg_id not in assigned)
            if engine is None and not is_over:
                # No engine is ready: the order waits.
                continue
            done.append(row_id)
            if engine is not None and not is_over:
                orders.append(Order(engine, {"kind": kind, **json.loads(body)}))
        if done:
            later(SENT, [clock.now(), done])
    return orders
