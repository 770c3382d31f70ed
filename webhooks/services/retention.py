"""Forget events and their deliveries after 30 days."""

from __future__ import annotations

from django.db import connection

BATCH = 2_000


def forget_events() -> int:
    """Delete events older than 30 days that no delivery waits for, batch by batch; say how many.

    The function in the database decides what is old: this role may delete no event by itself.
    """
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT webhooks_forget_events(%s)", [BATCH])
            gone = int(cursor.fetchone()[0])
            total += gone
            if gone < BATCH:
                return total
