"""Reads of limits: what they are, what today has taken, what is open, and who is not called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from calls.destinations import HOME_PREFIX
from calls.models import CallPolicy, DoNotCall
from kernel import clock
from wallet import queries as wallet
from wallet.models import Limit


def policy_of(workspace_id: UUID) -> CallPolicy:
    """Return the policy of a workspace, or the one that holds without a row."""
    found = CallPolicy.objects.filter(workspace_id=workspace_id).first()
    return found or CallPolicy(workspace_id=workspace_id)


def destinations_of(workspace_id: UUID) -> list[str]:
    """Return the prefixes a workspace may call, its own country first."""
    return list(dict.fromkeys([HOME_PREFIX, *policy_of(workspace_id).extra_prefixes]))


def do_not_call(workspace_id: UUID, mode: str) -> QuerySet[DoNotCall]:
    """Return the do-not-call list of a workspace, unordered."""
    return DoNotCall.objects.filter(workspace_id=workspace_id, mode=mode)


# The shape is that of the reply.
def limits_as_json(workspace_id: UUID, mode: str) -> dict[str, Any]:
    """Return the limits of a workspace and of its keys, and the destinations that are open."""
    found = wallet.limits_of(workspace_id, mode)
    own = next((limit for limit in found if limit.api_key_id is None), None)
    keys = [limit for limit in found if limit.api_key_id is not None]
    return {
        **_caps(own),
        "currency": wallet.balance(workspace_id, mode).currency,
        "keys": [
            {"api_key_id": str(limit.api_key_id), "label": limit.api_key.label, **_caps(limit)}
            for limit in keys
            if limit.api_key is not None
        ],
        "destinations": destinations_of(workspace_id),
        "is_stopped": policy_of(workspace_id).is_stopped,
    }


# The shape is that of the reply.
def do_not_call_as_json(row: DoNotCall) -> dict[str, Any]:
    """Return the wire form of a number that is not called."""
    return {
        "id": str(row.id),
        "e164": row.e164,
        "reason": row.reason,
        "created_at": clock.rfc3339(row.created_at),
    }


def spent_today(limit: Limit) -> int:
    """Return what calls of this Nairobi day cost or hold."""
    return limit.committed_minor if limit.counted_on >= clock.nairobi_today() else 0


def _caps(limit: Limit | None) -> dict[str, int | None]:
    return {
        "day_minor": limit.day_minor if limit else None,
        "call_minor": limit.call_minor if limit else None,
        "minute_minor": limit.minute_minor if limit else None,
        "committed_minor": spent_today(limit) if limit else None,
    }
