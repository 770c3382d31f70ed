"""The events of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import event

SAMPLE_ID = "01900000-0000-7000-8000-000000000001"


@event(
    "number.provisioned",
    doc="A workspace claimed a number; it takes and makes calls from now on.",
    sample={
        "number_id": SAMPLE_ID,
        "e164": "+254200000000",
        "country_code": "KE",
        "capabilities": ["voice"],
        "series_id": None,
        "rental_start_at": "2026-11-22T09:00:00.000Z",
    },
)
@dataclass(frozen=True, slots=True)
class NumberProvisioned:
    number_id: UUID
    e164: str
    country_code: str
    capabilities: list[str]
    rental_start_at: datetime
    # Numbers are rented one by one; a series would be a block of neighbours.
    series_id: str | None = None


@event(
    "number.released",
    doc="A number went back to the pool; others may claim it.",
    sample={
        "number_id": SAMPLE_ID,
        "e164": "+254200000000",
        "country_code": "KE",
        "released_at": "2026-11-22T09:00:00.000Z",
    },
)
@dataclass(frozen=True, slots=True)
class NumberReleased:
    number_id: UUID
    e164: str
    country_code: str
    released_at: datetime


@event(
    "number.suspended",
    doc="The wallet could not pay a month's rental, or an operator suspended it: it takes and makes no calls.",
    sample={
        "number_id": SAMPLE_ID,
        "e164": "+254200000000",
        "country_code": "KE",
        "suspended_at": "2026-12-01T00:05:00.000Z",
    },
)
@dataclass(frozen=True, slots=True)
class NumberSuspendedEvent:
    number_id: UUID
    e164: str
    country_code: str
    suspended_at: datetime
