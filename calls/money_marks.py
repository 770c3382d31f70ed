"""The money of one call on its time line: held before it was talked away, prolonged, and charged."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from calls import basis
from calls.models import Call
from calls.ports import Mark
from kernel.money import Money, call_cost
from wallet import queries as wallet

LANE: Final = "money"


def marks(call: Call) -> list[Mark]:
    """Tell the hold, each slice that was bought and the one debit; nothing for a call without price."""
    if call.hold_id is None:
        return []
    found = [_held(call), *(_prolonged(call, *bought) for bought in call.slices)]
    if call.ended_at:
        found.append(_settled(call))
    return found


def _held(call: Call) -> Mark:
    first = call.slices[0][1] if call.slices else call.paid_until_seconds
    return Mark(
        lane=LANE,
        kind="money.held",
        at=call.created_at,
        title=_("Money held"),
        detail=_("%(amount)s for the first %(seconds)d s") % _words(call, first),
        icon="lock",
        facts={"hold_id": str(call.hold_id), **_facts(call, first)},
    )


def _prolonged(call: Call, bought_ms: int, before: int, after: int) -> Mark:
    return Mark(
        lane=LANE,
        kind="money.prolonged",
        at=basis.EPOCH + timedelta(milliseconds=bought_ms),
        title=_("Hold prolonged"),
        detail=_("%(amount)s until second %(seconds)d") % _words(call, after),
        icon="lock",
        facts={**_facts(call, after), "paid_until_seconds_before": before},
    )


def _settled(call: Call) -> Mark:
    assert call.ended_at is not None
    held = call_cost(call.paid_until_seconds, call.rate_minor_per_minute)
    cost = call.cost_minor or 0
    words = {
        "cost": Money(cost, call.cost_currency),
        "back": Money(max(0, held - cost), call.cost_currency),
    }
    posting = wallet.posting_of_call(call.workspace_id, call.id) if cost else None
    return Mark(
        lane=LANE,
        kind="money.charged" if cost else "money.released",
        at=call.ended_at,
        title=_("Charged") if cost else _("Hold given back"),
        detail=_("%(cost)s; %(back)s went back") % words if cost else str(words["back"]),
        icon="banknote",
        facts={
            "cost_minor": cost,
            "given_back_minor": max(0, held - cost),
            "currency": call.cost_currency,
            **({"statement_id": str(posting.id)} if posting else {}),
        },
    )


def _words(call: Call, seconds: int) -> dict[str, object]:
    amount = call_cost(seconds, call.rate_minor_per_minute)
    return {"amount": Money(amount, call.cost_currency), "seconds": seconds}


def _facts(call: Call, seconds: int) -> dict[str, object]:
    return {
        "held_minor": call_cost(seconds, call.rate_minor_per_minute),
        "currency": call.cost_currency,
        "paid_until_seconds": seconds,
    }
