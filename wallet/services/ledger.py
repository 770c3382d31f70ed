"""Charges and credits: immutable, balanced postings, each one SQL statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import ids
from kernel.rows import later
from wallet.chart import Kind, contra_account
from wallet.errors import InvalidAmount, KeyReused, WalletNotFound
from wallet.models import Posting
from wallet.services import gathering, sql

_KEEP_BASES = """
    INSERT INTO wallet_basis (posting_id, facts) SELECT * FROM unnest(%s::uuid[], %s::jsonb[])
    ON CONFLICT DO NOTHING
"""


def charge(
    *,
    workspace_id: UUID,
    mode: str,
    net_minor: int,
    vat_minor: int,
    kind: str,
    key: str,
    description: str,
    number_id: UUID | None = None,
    call_id: UUID | None = None,
) -> Posting:
    """Take net plus VAT from the wallet.

    Locks the wallet. Idempotent by (workspace, mode, kind, key): the same facts return the first
    posting. Raises InsufficientBalance, KeyReused, InvalidAmount, WalletNotFound.
    """
    return _post(
        -1, workspace_id, mode, net_minor, vat_minor, kind, key, description, number_id, call_id,
        None,
    )  # fmt: skip


def credit(
    *,
    workspace_id: UUID,
    mode: str,
    net_minor: int,
    vat_minor: int,
    kind: str,
    key: str,
    description: str,
    number_id: UUID | None = None,
    call_id: UUID | None = None,
    topup_id: UUID | None = None,
) -> Posting:
    """Put net plus VAT into the wallet, after what the workspace owes.

    Locks the wallet. Idempotent as `charge` is. Raises KeyReused, InvalidAmount, WalletNotFound.
    """
    return _post(
        1, workspace_id, mode, net_minor, vat_minor, kind, key, description, number_id, call_id,
        topup_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charge:
    """One of many charges that are booked together."""

    workspace_id: UUID
    mode: str
    net_minor: int
    vat_minor: int
    kind: str
    key: str
    description: str
    number_id: UUID | None = None
    call_id: UUID | None = None


def charge_together(wanted: list[Charge]) -> dict[str, Posting]:
    """Book by one statement those of many charges with nothing special about them, by key.

    What is missing in the answer was not touched and has to go through `charge`: its key is known,
    its money is short or would cross the threshold, or somebody else is using its wallet, which is
    not waited for. Locks the wallets. The keys must differ. Raises InvalidAmount.
    """
    if not wanted:
        return {}
    batch = [_asked(each) for each in wanted]
    booked = gathering.charge_many(batch, may_wait=False)
    return {
        asked.key: _posting(asked, asked.posting_id, answer.balance_after_minor, answer.currency)
        for asked in batch
        if (answer := booked.get(asked.posting_id))
    }


# The facts are the JSON of whatever the price came from.
def keep_bases(bases: dict[UUID, dict[str, Any]]) -> None:
    """Store by posting what charges were computed from, for ever; a repeat changes nothing."""
    later(_KEEP_BASES, [list(bases), [json.dumps(facts) for facts in bases.values()]])


# As above.
def keep_basis(posting: Posting, facts: dict[str, Any]) -> None:
    """Store what a charge was computed from, for ever; a repeat changes nothing."""
    keep_bases({posting.id: facts})


def _post(
    sign: int, workspace_id: UUID, mode: str, net_minor: int, vat_minor: int, kind: str, key: str,
    description: str, number_id: UUID | None, call_id: UUID | None, topup_id: UUID | None,
) -> Posting:  # fmt: skip
    asked = _asked(
        Charge(workspace_id, mode, net_minor, vat_minor, kind, key, description, number_id, call_id)
    )
    # A transaction is its own: only a charge that stands alone can share one with others.
    if sign > 0 or connection.in_atomic_block:
        return _by_itself(asked, sign, topup_id)
    with gathering.writer.meeting() as meets:
        answer = gathering.writer.book(asked) if meets else None
        if answer is None:
            return _by_itself(asked, sign, topup_id)
    return _posting(asked, asked.posting_id, answer.balance_after_minor, answer.currency)


def _asked(it: Charge) -> gathering.Asked:
    require_amount(it.net_minor, it.vat_minor)
    return gathering.Asked(
        ids.uuid7(), it.workspace_id, it.mode, Kind(it.kind).value, it.key, it.net_minor,
        it.vat_minor, contra_account(it.kind, it.mode), it.description[:200], it.number_id,
        it.call_id,
    )  # fmt: skip


def _by_itself(asked: gathering.Asked, sign: int, topup_id: UUID | None) -> Posting:
    row = sql.debit(
        "wallet_post", asked.posting_id, asked.workspace_id, asked.mode, asked.kind, asked.key,
        sign, asked.net_minor, asked.vat_minor, asked.contra, asked.description, asked.number_id,
        asked.call_id, topup_id,
    )  # fmt: skip
    _raise_refusal(row, asked.key, asked.mode, asked.net_minor + asked.vat_minor)
    return _posting(asked, row["posting_id"], row["balance_after"], row["currency"], topup_id)


def _posting(
    asked: gathering.Asked, posting_id: UUID, balance_after_minor: int, currency: str,
    topup_id: UUID | None = None,
) -> Posting:  # fmt: skip
    posting = Posting(
        id=posting_id, workspace_id=asked.workspace_id, mode=asked.mode, kind=asked.kind,
        source_ref=asked.key, currency=currency, net_minor=asked.net_minor,
        vat_minor=asked.vat_minor, description=asked.description, number_id=asked.number_id,
        call_id=asked.call_id, topup_id=topup_id,
    )  # fmt: skip
    return as_saved(posting, balance_after_minor)


# The row is what the SQL function returned.
def _raise_refusal(row: dict[str, Any], key: str, mode: str, gross_minor: int) -> None:
    if row["outcome"] == "missing":
        raise WalletNotFound(mode=mode)
    if row["outcome"] == "reused":
        raise KeyReused(key=key)
    if row["outcome"] == "short":
        raise sql.refusal(row, gross_minor)


def require_amount(net_minor: int, vat_minor: int) -> None:
    """Refuse what is not a positive whole amount."""
    for amount in (net_minor, vat_minor):
        if type(amount) is not int or amount < 0:
            raise InvalidAmount(reason="An amount is a whole number of cents, never negative.")
    if net_minor + vat_minor == 0:
        raise InvalidAmount(reason="An amount must be above zero.")


def as_saved(posting: Posting, balance_after_minor: int) -> Posting:
    """Mark a posting that a SQL function wrote as what it is: stored, with its balance."""
    posting._state.adding = False
    posting.balance_after_minor = balance_after_minor
    return posting
