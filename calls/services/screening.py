"""Who may be called at all: the operator's policy, the do-not-call lists, and how many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from calls import destinations, hours
from calls.errors import CallsStopped, DoNotCallListed, OutsideMarketingHours
from calls.models import CallPolicy
from kernel import clock, limits
from kernel.errors import RateLimited
from wallet import queries as wallet

RETRY_AFTER_SECONDS = 5

# The policy of a workspace, and the first of some numbers that is on a list that holds for it.
_SCREEN = """
    SELECT p.is_stopped, p.calls_per_second, p.concurrent_calls_max, p.extra_prefixes, (
           SELECT k.is_marketing FROM accounts_apikey k WHERE k.id = %(key)s), (
           SELECT d.e164 FROM calls_donotcall d
            WHERE d.e164 = ANY(%(to)s) AND (d.workspace_id IS NULL
                  OR d.workspace_id = %(workspace)s AND d.mode = %(mode)s) LIMIT 1)
      FROM (SELECT 1) one LEFT JOIN calls_callpolicy p ON p.workspace_id = %(workspace)s
"""
_RUNNING = """
    SELECT count(*), coalesce(
           (SELECT is_stopped FROM calls_callpolicy WHERE workspace_id = %(workspace)s), false)
      FROM calls_call
     WHERE workspace_id = %(workspace)s AND mode = %(mode)s AND status IN ('ringing', 'answered')
"""


def screen(
    workspace_id: UUID, mode: str, to: Iterable[str], *, api_key_id: UUID | None
) -> CallPolicy:
    """Return the policy of a workspace that may call these numbers now, and count the call.

    Raises DestinationDenied, DoNotCallListed, OutsideMarketingHours, CallsStopped or RateLimited.
    """
    policy = look(workspace_id, mode, to, api_key_id=api_key_id)
    take_turn(policy, mode)
    return policy


def look(
    workspace_id: UUID, mode: str, to: Iterable[str], *, api_key_id: UUID | None
) -> CallPolicy:
    """Return the policy of a workspace that may call these numbers, in one statement.

    Raises DestinationDenied, DoNotCallListed, OutsideMarketingHours or CallsStopped.
    """
    wanted = list(to)
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"workspace": workspace_id, "mode": mode, "to": wanted}
        cursor.execute(_SCREEN, facts | {"key": api_key_id})
        is_stopped, per_second, at_once, prefixes, is_marketing, listed = cursor.fetchone()
    policy = CallPolicy(
        workspace_id=workspace_id,
        is_stopped=bool(is_stopped),
        calls_per_second=per_second,
        concurrent_calls_max=at_once,
        extra_prefixes=prefixes or [],
    )
    for e164 in wanted:
        destinations.check_allowed(e164, mode=mode, extra_prefixes=policy.extra_prefixes)
    if listed:
        raise DoNotCallListed(e164=listed)
    if is_marketing:
        check_hours(clock.now())
    if policy.is_stopped:
        raise CallsStopped
    return policy


def check_hours(now: datetime) -> None:
    """Raise OutsideMarketingHours unless people may be called for marketing at that moment."""
    opens_at = hours.opens_at(now)
    if opens_at is not None:
        raise OutsideMarketingHours(opens_at=opens_at, now=now)


def admit(policy: CallPolicy, mode: str, *, is_locked: bool) -> None:
    """Look once more, after the wallet's lock: no other call of the workspace begins meanwhile.

    Raises CallsStopped, RateLimited.
    """
    if not is_locked:
        wallet.lock_wallets(policy.workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, {"workspace": policy.workspace_id, "mode": mode})
        running, is_stopped = cursor.fetchone()
    if is_stopped:
        raise CallsStopped
    if running >= (policy.concurrent_calls_max or settings.CONCURRENT_CALLS_MAX):
        raise RateLimited(retry_after_seconds=RETRY_AFTER_SECONDS)


def take_turn(policy: CallPolicy, mode: str) -> None:
    """Count one new call of the workspace. Raises RateLimited."""
    per_second = policy.calls_per_second or settings.CALLS_PER_SECOND
    limits.require(
        f"calls:{policy.workspace_id}:{mode}", rate_per_second=per_second, burst=per_second
    )
