"""What a call's charge was computed from, so that anybody can compute it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from calls.models import Call

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORMULA = "ceil(billed_seconds * rate_minor_per_minute / 60)"


# The facts are JSON beside the posting.
def of(call: Call) -> dict[str, Any]:
    """Return rate version, answer and end in milliseconds, billed seconds and the formula.

    `billed_seconds` is `min(ceil(connected_ms / 1000), paid_until_seconds)`.
    """
    rate = call.rate
    return {
        "rate_id": str(rate.id) if rate else None,
        "rate_version": rate.name if rate else None,
        "rate_minor_per_minute": call.rate_minor_per_minute,
        "answered_at_ms": _milliseconds(call.answered_at),
        "ended_at_ms": _milliseconds(call.ended_at),
        "connected_ms": call.connected_ms,
        "paid_until_seconds": call.paid_until_seconds,
        "billed_seconds": call.duration_seconds,
        "formula": FORMULA,
    }


def _milliseconds(at: datetime | None) -> int | None:
    if at is None:
        return None
    return (at - EPOCH) // timedelta(milliseconds=1)
