"""The pool: rows are loaded, never edited by hand while someone holds them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from kernel import audit
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


@transaction.atomic
def remove_number(inventory: Inventory, *, actor: str) -> bool:
    """Take a number out of the pool that nobody ever held; False for any other."""
    locked = Inventory.objects.select_for_update().filter(pk=inventory.pk).first()
    if locked is None or locked.numbers.exists():
        return False
    locked.delete()
    audit.record("inventory.removed", actor=actor, subject=f"number:{inventory.e164}")
    return True
