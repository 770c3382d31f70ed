"""Spending limits: who may set them, what they leave, and the one word when a day's is reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kernel import audit, clock, ids
from kernel.events import emit
from kernel.money import Money
from wallet.errors import InvalidAmount, LimitReached, WalletNotFound
from wallet.events import LimitWasReached
from wallet.models import Limit, Wallet
from wallet.services import sql


@dataclass(frozen=True, slots=True)
class Caps:
    """The most a day, one call and one minute may cost; None is no limit."""

    day_minor: int | None = None
    call_minor: int | None = None
    minute_minor: int | None = None


@transaction.atomic
def set_limit(
    *, workspace_id: UUID, mode: str, api_key_id: UUID | None = None, caps: Caps, actor: str
) -> Limit:
    """Set the limits of a workspace, or of one of its keys; what today has cost so far counts.

    Locks the wallet. Raises InvalidAmount, WalletNotFound.
    """
    for name, amount in asdict(caps).items():
        if amount is not None and (type(amount) is not int or not 0 <= amount < 2**53):
            raise InvalidAmount(reason=f"{name} is a whole number of cents, zero or more, or null.")
    row = sql.call(
        "wallet_limit_set", ids.uuid7(), workspace_id, mode, api_key_id,
        caps.day_minor, caps.call_minor, caps.minute_minor,
    )  # fmt: skip
    if row["wallet_limit_set"] is None:
        raise WalletNotFound(mode=mode)
    audit.record(
        "wallet.limit_set",
        actor=actor,
        subject=api_key_id or workspace_id,
        workspace_id=workspace_id,
        after=asdict(caps) | {"mode": mode},
    )
    return Limit.objects.get(id=row["wallet_limit_set"])


def refusal(limit_id: UUID, currency: str) -> LimitReached:
    """Return the problem that names the day limit a hold does not fit in."""
    limit = Limit.objects.get(id=limit_id)
    assert limit.day_minor is not None
    return LimitReached(
        whose="this API key" if limit.api_key_id else "this workspace",
        limit=Money(limit.day_minor, currency),
        spent=Money(limit.committed_minor, currency),
        limit_id=limit_id,
    )


@transaction.atomic
def announce_reached(limit_id: UUID, *, waits: bool = True) -> bool:
    """Tell the workspace once a day that a limit holds its calls back; True when it was told now.

    Locks the wallet, as all do who count; who does not wait for it asks again later.
    """
    today = clock.nairobi_today()
    untold = Limit.objects.filter(id=limit_id, day_minor__isnull=False).exclude(announced_on=today)
    wallets = Wallet.objects.filter(id__in=untold.values("wallet_id"))
    if not wallets.select_for_update(no_key=True, skip_locked=not waits).first():
        return False
    if not untold.update(announced_on=today):
        return False
    limit = Limit.objects.select_related("wallet").get(id=limit_id)
    assert limit.day_minor is not None
    event = LimitWasReached(
        limit_minor=limit.day_minor,
        committed_minor=limit.committed_minor,
        currency=limit.wallet.currency,
        day=limit.counted_on.isoformat(),
        api_key_id=limit.api_key_id,
    )
    emit(event, workspace_id=limit.wallet.workspace_id, mode=limit.wallet.mode)
    return True


def tightest_day(workspace_id: UUID, mode: str, api_key_id: UUID | None) -> UUID | None:
    """Return the day limit that leaves the least of those that hold for a key."""
    mine = Limit.objects.filter(
        Q(api_key_id=None) | Q(api_key_id=api_key_id),
        wallet__workspace_id=workspace_id,
        wallet__mode=mode,
        day_minor__isnull=False,
    )
    today = clock.nairobi_today()

    def left(limit: Limit) -> int:
        spent = limit.committed_minor if limit.counted_on >= today else 0
        return (limit.day_minor or 0) - spent

    found = min(mine, key=left, default=None)
    return found.id if found else None
