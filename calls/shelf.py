"""Reads of storage: the tier, what is kept, what a change costs today, who keeps too much."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Sum

from calls import storage
from calls.models import Recording
from calls.storage_models import StoragePlan
from kernel import clock
from kernel.money import vat_on
from numbers import rental
from numbers.rental import Period, Price

# Those whose recordings may be too many, and those who were told so.
_CROWDED = """
    SELECT r.workspace_id, r.mode FROM calls_recording r
      LEFT JOIN calls_storageplan p ON p.workspace_id = r.workspace_id AND p.mode = r.mode
     WHERE r.state = 'ready' GROUP BY r.workspace_id, r.mode, p.tier_gb
    HAVING sum(r.size_bytes) > coalesce(p.tier_gb, %s)::bigint * %s
     UNION SELECT workspace_id, mode FROM calls_storageplan WHERE over_since IS NOT NULL
"""


def plan_of(workspace_id: UUID, mode: str) -> StoragePlan:
    """Return the plan of a workspace; an unsaved free one where nobody chose."""
    found = StoragePlan.objects.filter(workspace_id=workspace_id, mode=mode).first()
    return found or StoragePlan(workspace_id=workspace_id, mode=mode)


def tier_of(workspace_id: UUID, mode: str) -> int:
    return plan_of(workspace_id, mode).tier_gb


def used_bytes(workspace_id: UUID, mode: str) -> int:
    """Return what the stored recordings weigh."""
    ready = Recording.objects.filter(workspace_id=workspace_id, mode=mode, state="ready")
    return ready.aggregate(sum=Sum("size_bytes"))["sum"] or 0


def crowded() -> list[tuple[UUID, str]]:
    """Return the workspaces and modes that keep, or kept, more than their tier holds."""
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, [storage.FREE_GB, storage.GB])
        return list(cursor.fetchall())


def paid_tier(plan: StoragePlan, day: date) -> int:
    """Return the highest tier that is paid for the month of a day."""
    if plan._state.adding:
        return storage.FREE_GB
    paid = plan.charges.filter(month=rental.month_of(day)).aggregate(top=Max("tier_gb"))["top"]
    return paid or storage.FREE_GB


def upgrade_steps(plan: StoragePlan, tier_gb: int, today: date) -> list[tuple[int, int, Period]]:
    """Return what an upgrade debits: the unpaid month of the old tier, then the difference."""
    paid = paid_tier(plan, today)
    steps = []
    if paid < plan.tier_gb:
        steps.append((storage.FREE_GB, plan.tier_gb, rental.whole_month(today)))
        paid = plan.tier_gb
    if tier_gb > paid:
        steps.append((paid, tier_gb, rental.rest_of_month(today)))
    return steps


def switch_price(plan: StoragePlan, tier_gb: int, today: date) -> Price:
    """Return what a change costs today."""
    if tier_gb <= plan.tier_gb:
        return Price(0, 0)
    prices = [
        rental.price(
            storage.monthly_price_minor(to_gb) - storage.monthly_price_minor(from_gb), period
        )
        for from_gb, to_gb, period in upgrade_steps(plan, tier_gb, today)
    ]
    return Price(sum(each.net_minor for each in prices), sum(each.vat_minor for each in prices))


# The values are those of the reply.
def as_json(plan: StoragePlan, currency: str) -> dict[str, Any]:
    """Return a plan as the API shows it, with every tier and what moving there costs now."""
    today = clock.nairobi_today()
    return {
        "tier_gb": plan.tier_gb,
        "used_bytes": used_bytes(plan.workspace_id, plan.mode),
        "limit_bytes": plan.tier_gb * storage.GB,
        "retention_days": storage.retention_days(plan.tier_gb),
        "monthly_price_minor": storage.monthly_price_minor(plan.tier_gb),
        "monthly_vat_minor": vat_on(storage.monthly_price_minor(plan.tier_gb)),
        "currency": currency,
        "effective_at": None if plan._state.adding else clock.rfc3339(plan.changed_at),
        "unpaid_since": clock.rfc3339(plan.unpaid_since),
        "over_since": clock.rfc3339(plan.over_since),
        "tiers": [_offer(plan, tier_gb, today) for tier_gb in storage.TIERS],
    }


# The values are those of the reply.
def _offer(plan: StoragePlan, tier_gb: int, today: date) -> dict[str, Any]:
    now = switch_price(plan, tier_gb, today)
    monthly = storage.monthly_price_minor(tier_gb)
    return {
        "tier_gb": tier_gb,
        "retention_days": storage.retention_days(tier_gb),
        "monthly_price_minor": monthly,
        "monthly_vat_minor": vat_on(monthly),
        "switch_net_minor": now.net_minor,
        "switch_vat_minor": now.vat_minor,
    }
