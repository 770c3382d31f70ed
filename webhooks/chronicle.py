"""What webhooks tell on the time line of a call: every attempt to deliver one of its events."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import Call
from calls.ports import Mark
from webhooks import queries
from webhooks.models import Attempt, Delivery

LANE: Final = "webhooks"
SHOWN_MAX: Final = 100


class Deliveries:
    """The attempts to tell the customer's servers."""

    replaces = ""

    def marks(self, call: Call) -> list[Mark]:
        """Return a mark for each attempt, with what came back and how long it took."""
        rows = queries.deliveries_of_call(call.workspace_id, call.id)[:SHOWN_MAX]
        return [_mark(row, attempt) for row in rows for attempt in row.attempts.all()]


def _mark(delivery: Delivery, attempt: Attempt) -> Mark:
    is_good = attempt.response_status is not None and 200 <= attempt.response_status < 300
    length = attempt.duration_ms or 0
    answer = attempt.error or f"{attempt.response_status}, {length} ms"
    address = ""
    if delivery.endpoint_id:
        address = reverse("webhooks:delivery", args=[delivery.endpoint_id, delivery.id])
    return Mark(
        lane=LANE,
        kind=f"webhook.{delivery.event.kind}",
        at=attempt.created_at - timedelta(milliseconds=length),
        title=_("Event delivered") if is_good else _("Delivery failed"),
        detail=f"{delivery.event.kind} → {delivery.url}: {answer}",
        icon="webhook",
        milliseconds=length,
        is_bad=not is_good,
        address=address,
        received=_received(attempt),
        facts={
            "event_id": str(delivery.event.event_id),
            "attempt": attempt.number,
            "timings": attempt.timings,
        },
    )


def _received(attempt: Attempt) -> str:
    if attempt.response_status is None:
        return attempt.error
    return f"HTTP {attempt.response_status}\n\n{attempt.response_body}".rstrip()
