"""Reads of telephony: what was asked of a customer's voice server."""

from __future__ import annotations

from uuid import UUID

from telephony.models import Fetch


def fetches_of(call_id: UUID) -> list[Fetch]:
    """Return the questions of a call in the order they were asked."""
    return list(Fetch.objects.filter(call_id=call_id).order_by("created_at", "pk"))
