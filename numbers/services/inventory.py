"""The pool: rows are loaded, never edited by hand while someone holds them."""

from __future__ import annotations

from collections.abc import Iterable

from numbers.models import Inventory

BATCH = 1000


def load_inventory(rows: Iterable[Inventory]) -> int:
    """Add numbers to the pool; those already in it stay as they are. Returns how many are new."""
    rows = list(rows)
    known = set(
        Inventory.objects.filter(e164__in=[row.e164 for row in rows]).values_list("e164", flat=True)
    )
    fresh = [row for row in rows if row.e164 not in known]
    Inventory.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)
