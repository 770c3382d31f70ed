"""Storage tiers: change one, pay it on the 1st, and let go of what no tier holds any more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from accounts.queries import owner_emails
from calls import shelf, storage
from calls.errors import TierSwitchFailed
from calls.events import StorageTierChanged
from calls.models import Recording
from calls.services import recording_policy
from calls.states import RECORDING
from calls.storage_models import StorageCharge, StoragePlan
from kernel import audit, bell, clock, events, mail
from kernel.money import Money
from kernel.work import enqueue
from numbers import rental
from numbers.rental import Period
from wallet import services as wallet
from wallet.errors import InsufficientBalance

GRACE = timedelta(days=7)
ERASE = "calls.erase_recording"


def change_tier(*, workspace_id: UUID, mode: str, tier_gb: int, actor: str) -> StoragePlan:
    """Move a workspace to a tier: up for the price difference of the days left, down at once and free.

    Locks the plan, then the wallet. The same tier again changes nothing.
    Raises InsufficientBalance and TierSwitchFailed.
    """
    try:
        with transaction.atomic():
            plan = _locked(workspace_id, mode)
            if tier_gb > plan.tier_gb:
                _pay_upgrade(plan, tier_gb, clock.nairobi_today())
            if tier_gb != plan.tier_gb:
                _switch(plan, tier_gb, actor=actor)
            return plan
    except DatabaseError as problem:
        raise TierSwitchFailed() from problem


def renew_tiers(*, today: date | None = None) -> dict[str, int]:
    """Try every paid tier whose month is not paid; count what became of them."""
    day = today or clock.nairobi_today()
    counts: dict[str, int] = {}
    due = StoragePlan.objects.filter(tier_gb__gt=storage.FREE_GB).exclude(
        charges__month=rental.month_of(day), charges__tier_gb__gte=F("tier_gb")
    )
    for plan_id in due.order_by("id").values_list("id", flat=True):
        outcome = renew_tier(plan_id, today=day)
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


@transaction.atomic
def renew_tier(plan_id: UUID, *, today: date) -> str:
    """Charge one month of a tier; say "paid", "unpaid", "waiting", "lapsed" or "skipped".

    Locks the plan, then the wallet. Idempotent by (plan, month, tier).
    """
    plan = StoragePlan.objects.select_for_update(no_key=True).get(id=plan_id)
    if shelf.paid_tier(plan, today) >= plan.tier_gb:
        return "skipped"
    try:
        with transaction.atomic():
            _pay(plan, storage.FREE_GB, plan.tier_gb, rental.whole_month(today))
    except InsufficientBalance:
        return _refuse(plan, today)
    plan.unpaid_since = None
    plan.save(update_fields=["unpaid_since"])
    return "paid"


def sweep_storage() -> dict[str, int]:
    """Warn who keeps more than the tier holds, and a week later let the oldest recordings go."""
    counts = {"warned": 0, "pruned": 0}
    for workspace_id, mode in shelf.crowded():
        with transaction.atomic():
            plan = _locked(workspace_id, mode)
            counts["pruned"] += _look(plan, counts)
    return counts


def keeping_time(recording: Recording) -> timedelta:
    """Return how long a recording is kept from now on, by the tier and the wish of its workspace."""
    tier_gb = shelf.tier_of(recording.workspace_id, recording.mode)
    kept = timedelta(days=storage.retention_days(tier_gb))
    return recording_policy.shorter(kept, recording.workspace_id)


def _locked(workspace_id: UUID, mode: str) -> StoragePlan:
    StoragePlan.objects.get_or_create(workspace_id=workspace_id, mode=mode)
    return StoragePlan.objects.select_for_update(no_key=True).get(
        workspace_id=workspace_id, mode=mode
    )


def _pay_upgrade(plan: StoragePlan, tier_gb: int, today: date) -> None:
    """Debit the difference for the days left; a month that is still unpaid is paid first."""
    for from_gb, to_gb, period in shelf.upgrade_steps(plan, tier_gb, today):
        _pay(plan, from_gb, to_gb, period)


def _pay(plan: StoragePlan, from_gb: int, tier_gb: int, period: Period) -> None:
    monthly = storage.monthly_price_minor(tier_gb) - storage.monthly_price_minor(from_gb)
    price = rental.price(monthly, period)
    posting = price.gross_minor and wallet.charge(
        workspace_id=plan.workspace_id,
        mode=plan.mode,
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
        kind="storage",
        key=f"storage:{plan.id}:{period.month}:{tier_gb}",
        description=f"{tier_gb} GB {period.month}",
    )
    if posting:
        wallet.keep_basis(
            posting, {"from_gb": from_gb, "tier_gb": tier_gb, **rental.facts(monthly, period)}
        )
    StorageCharge.objects.create(
        plan=plan,
        posting_id=posting.id if posting else None,
        month=period.month,
        from_gb=from_gb,
        tier_gb=tier_gb,
        first_on=period.first_on,
        last_on=period.last_on,
        days_in_month=period.days_in_month,
        monthly_price_minor=monthly,
        net_minor=price.net_minor,
        vat_minor=price.vat_minor,
    )


def _switch(plan: StoragePlan, tier_gb: int, *, actor: str) -> None:
    before = plan.tier_gb
    plan.tier_gb, plan.changed_at, plan.unpaid_since = tier_gb, clock.now(), None
    plan.save(update_fields=["tier_gb", "changed_at", "unpaid_since"])
    _follow_retention(plan, is_upgrade=tier_gb > before)
    events.emit(
        StorageTierChanged(
            previous_tier_gb=before,
            new_tier_gb=tier_gb,
            direction="upgrade" if tier_gb > before else "downgrade",
            effective_at=plan.changed_at,
        ),
        workspace_id=plan.workspace_id,
        mode=plan.mode,
    )
    audit.record(
        "storage.tier_changed",
        actor=actor,
        subject=plan.id,
        workspace_id=plan.workspace_id,
        before={"tier_gb": before},
        after={"tier_gb": tier_gb},
    )
    bell.ring("live", f"{plan.workspace_id}:{plan.mode}:wallet")


def _follow_retention(plan: StoragePlan, *, is_upgrade: bool) -> None:
    """Keep stored recordings as long as the tier says; a shorter time leaves a week at least."""
    ready = Recording.objects.filter(
        workspace_id=plan.workspace_id, mode=plan.mode, state="ready", ready_at__isnull=False
    )
    kept = timedelta(days=storage.retention_days(plan.tier_gb))
    until = F("ready_at") + recording_policy.shorter(kept, plan.workspace_id)
    if is_upgrade:
        ready.update(expires_at=Greatest(F("expires_at"), until))
    else:
        ready.update(expires_at=Least(F("expires_at"), Greatest(until, clock.now() + GRACE)))


def _refuse(plan: StoragePlan, today: date) -> str:
    if plan.unpaid_since is None:
        plan.unpaid_since = clock.now()
        plan.save(update_fields=["unpaid_since"])
        _tell_owners(plan, "storage_unpaid", until=today + GRACE)
        return "unpaid"
    if today - clock.nairobi_today(plan.unpaid_since) < GRACE:
        return "waiting"
    _tell_owners(plan, "storage_lapsed", until=today + GRACE)
    _switch(plan, storage.FREE_GB, actor="system")
    return "lapsed"


def _look(plan: StoragePlan, counts: dict[str, int]) -> int:
    """Judge one plan; return how many recordings were let go."""
    used, limit = shelf.used_bytes(plan.workspace_id, plan.mode), plan.tier_gb * storage.GB
    if used <= limit:
        StoragePlan.objects.filter(id=plan.id).update(over_since=None)
        return 0
    if plan.over_since is None:
        plan.over_since = clock.now()
        plan.save(update_fields=["over_since"])
        _tell_owners(plan, "storage_full", until=clock.nairobi_today() + GRACE)
        counts["warned"] += 1
        return 0
    if clock.now() < plan.over_since + GRACE:
        return 0
    return _prune(plan, used - limit)


def _prune(plan: StoragePlan, excess_bytes: int) -> int:
    """Let the oldest recordings go until the rest fits."""
    gone = 0
    ready = Recording.objects.filter(
        workspace_id=plan.workspace_id, mode=plan.mode, state="ready"
    ).order_by("ready_at", "id")
    for recording in ready.iterator(chunk_size=200):
        if excess_bytes <= 0:
            break
        if RECORDING.apply(recording, "expire", gone_at=clock.now(), waveform=[]):
            enqueue(ERASE, recording.id)
            excess_bytes -= recording.size_bytes or 0
            gone += 1
    StoragePlan.objects.filter(id=plan.id).update(over_since=None)
    return gone


# The context is a mail template's.
def _tell_owners(plan: StoragePlan, template: str, **context: Any) -> None:
    price = rental.price(
        storage.monthly_price_minor(plan.tier_gb), rental.whole_month(clock.nairobi_today())
    )
    facts: dict[str, object] = {
        "workspace": plan.workspace.name,
        "tier_gb": plan.tier_gb,
        "free_gb": storage.FREE_GB,
        "price": str(Money(price.gross_minor, plan.workspace.currency)),
        "url": f"{settings.PUBLIC_URL}/settings/storage",
        **context,
    }
    for email in owner_emails(plan.workspace_id):
        mail.post(email, template, facts)
