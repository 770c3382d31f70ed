"""How soon first attempts left the relay."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.db.models import F, QuerySet

from webhooks.models import Attempt, Delivery


def healthy_waiting() -> QuerySet[Delivery]:
    """Deliveries to servers that answer, which were not tried yet."""
    return Delivery.objects.filter(status="pending", url__contains="/ok/")


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.1)


def first_attempts(mark: datetime) -> tuple[int, float]:
    """Count the first attempts of events since the mark, and return the p99 of their age in seconds.

    The clock starts with the event; an attempt's row is written after its answer.
    """
    rows = Attempt.objects.filter(
        delivery__event__occurred_at__gte=mark, number=1, response_status=200
    ).annotate(spent=F("created_at") - F("delivery__event__occurred_at"))
    spent = sorted(
        row.spent.total_seconds() - (row.duration_ms or 0) / 1000
        for row in rows.only("duration_ms")
    )
    assert len(spent) > 100, f"only {len(spent)} first attempts"
    return len(spent), max(0.001, spent[int(len(spent) * 0.99)])
