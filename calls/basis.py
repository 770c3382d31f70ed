"""What a call's charge was computed from, so that anybody can compute it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from calls.models import Call, Rate
from kernel.rows import Lookup

_RATE = Lookup(lambda pk: Rate.objects.filter(pk=pk))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORMULA = "ceil(billed_seconds * rate_minor_per_minute / 60)"


# The facts are JSON beside the posting.
def of(call: Call) -> dict[str, Any]:
    """Return rate version, answer and end in milliseconds, billed seconds and the formula.

    `billed_seconds` is `min(ceil(connected_ms / 1000), paid_until_seconds)`.
    """
    return {
        "rate_id": str(call.rate_id) if call.rate_id else None,
        "rate_version": _version(call.rate_id) if call.rate_id else None,
        "rate_minor_per_minute": call.rate_minor_per_minute,
        "answered_at_ms": _milliseconds(call.answered_at),
        "ended_at_ms": _milliseconds(call.ended_at),
        "connected_ms": call.connected_ms,
        "paid_until_seconds": call.paid_until_seconds,
        "billed_seconds": call.duration_seconds,
        "formula": FORMULA,
    }


# A version of a price is never edited.
@lru_cache(maxsize=512)
def _version(rate_id: UUID) -> str:
    return _RATE.get(rate_id).name


def _milliseconds(at: datetime | None) -> int | None:
    if at is None:
        return None
    return (at - EPOCH) // timedelta(milliseconds=1)
