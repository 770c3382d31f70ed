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
        orders = []
        done = []
        for row_id, leg_id, kind, body, engine_id, leg_state in rows:
            if leg_state != "ended":
                # A leg that is dialled for another one is on that one's engine already.
                if kind == "originate" and engine_id is None:
                    engine_id = choose()
                    if engine_id is None:
                        continue
                    if not calls.assign_engine(leg_id=leg_id, engine_id=engine_id):
                        done.append(row_id)
                        continue
                orders.append(Order(engine_id, {"kind": kind, **json.loads(body)}))
            done.append(row_id)
        if done:
            with connection.cursor() as cursor:
                cursor.execute(SENT, [clock.now(), done])
    return orders
