"""Holds: money set aside before it is spent; each verb is one SQL statement under the wallet's lock."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel import clock, ids, rows
from wallet.chart import Kind, contra_account
from wallet.errors import InvalidAmount, KeyReused, WalletNotFound
from wallet.models import Hold, Posting
from wallet.services import ledger, limits, sql

log = logging.getLogger(__name__)

SWEEP_MAX = 500


def place_hold(
    *,
    workspace_id: UUID,
    mode: str,
    amount_minor: int,
    key: str,
    expires_at: datetime | timedelta,
    is_limited: bool = False,
    api_key_id: UUID | None = None,
) -> Hold:
    """Set money aside until `expires_at`; what `is_limited` counts against the day limits.

    A timedelta is from now. Locks the wallet. Idempotent by key: the first hold is returned as it is
    now. Raises InsufficientBalance, LimitReached, KeyReused, InvalidAmount, WalletNotFound.
    """
    if type(amount_minor) is not int or amount_minor <= 0:
        raise InvalidAmount(reason="A hold is a whole number of cents above zero.")
    row = sql.call(
        "wallet_hold_place", ids.uuid7(), workspace_id, mode, key, amount_minor, expires_at,
        is_limited, api_key_id,
    )  # fmt: skip
    if row["outcome"] == "missing":
        raise WalletNotFound(mode=mode)
    if row["outcome"] == "reused":
        raise KeyReused(key=key)
    if row["outcome"] == "short":
        raise sql.refusal(row, amount_minor)
    if row["outcome"] == "limited":
        raise limits.refusal(row["limit_id"], row["currency"])
    return rows.known(Hold, row["hold_id"])


def grow_hold(*, hold_id: UUID, amount_minor: int, expires_at: datetime | timedelta) -> bool:
    """Raise an open hold to a new total and a later end; a timedelta is from now.

    False when money is short, a day limit is in the way, or it ended.
    Locks the wallet. A smaller total or an earlier end changes nothing and is True.
    """
    row = sql.call("wallet_hold_grow", hold_id, amount_minor, expires_at)
    return bool(row["wallet_hold_grow"] == "grown")


@dataclass(frozen=True, slots=True)
class Growth:
    """An open hold, its new total and its later end."""

    hold_id: UUID
    amount_minor: int
    expires_at: datetime


def grow_holds(wanted: list[Growth], *, waits: bool = False) -> dict[UUID, str]:
    """Raise many holds in one statement, each as `grow_hold` does, and say what became of each.

    "grown", "short", "limited", "closed", "missing", or "busy" when somebody else is using the wallet
    and the caller will not wait. Locks the wallets.
    """
    if not wanted:
        return {}
    columns = [
        [each.hold_id for each in wanted],
        [each.amount_minor for each in wanted],
        [each.expires_at for each in wanted],
    ]
    rows = sql.rows("wallet_hold_grow_many", *columns, waits)
    return {row["hold_id"]: row["outcome"] for row in rows}


def capture_hold(
    *,
    hold_id: UUID,
    net_minor: int,
    vat_minor: int,
    kind: str,
    description: str,
    call_id: UUID | None = None,
    number_id: UUID | None = None,
) -> Posting | None:
    """Take net plus VAT out of a hold, exactly once, and give the rest back.

    Locks the wallet. A repeat returns the first posting. None when nothing was to be taken, or
    when the hold had been voided or had expired (logged). Raises KeyReused for other amounts.
    """
    row = sql.debit(
        "wallet_hold_capture", hold_id, ids.uuid7(), Kind(kind).value, net_minor, vat_minor,
        contra_account(kind, "live"), description[:200], call_id, number_id,
    )  # fmt: skip
    assert row["outcome"] not in ("missing", "over"), f"hold {hold_id}: {row['outcome']}"
    if row["outcome"] == "reused":
        raise KeyReused(key=str(hold_id))
    if row["outcome"] == "closed":
        log.error("hold %s ended before %s cents were taken", hold_id, net_minor + vat_minor)
        return None
    sql.ring_wallet(row["owner_id"], row["owner_mode"])
    if row["posting_id"] is None:
        return None
    posting = rows.known(Posting, row["posting_id"])
    return ledger.as_saved(posting, row["balance_after"])


def void_hold(*, hold_id: UUID) -> bool:
    """Give all the money of an open hold back; False when it had ended. Locks the wallet."""
    return _release(hold_id, "voided")


def expire_holds() -> int:
    """End the holds whose time is over, oldest first, and return how many. One lock at a time."""
    due = Hold.objects.filter(status="placed", expires_at__lt=clock.now()).order_by("expires_at")
    ended = 0
    for hold_id in list(due.values_list("id", flat=True)[:SWEEP_MAX]):
        if _release(hold_id, "expired"):
            log.warning("hold %s expired", hold_id)
            ended += 1
    return ended


def _release(hold_id: UUID, status: str) -> bool:
    row = sql.call("wallet_hold_release", hold_id, status)
    return bool(row["wallet_hold_release"])
