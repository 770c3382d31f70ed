"""Charges and credits: immutable, balanced postings, each one SQL statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import ids
from wallet.chart import Kind, contra_account
from wallet.errors import InvalidAmount, KeyReused, WalletNotFound
from wallet.models import Basis, Posting
from wallet.services import sql


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


# The facts are the JSON of whatever the price came from.
def keep_basis(posting: Posting, facts: dict[str, Any]) -> None:
    """Store what a charge was computed from, for ever; a repeat changes nothing."""
    Basis.objects.bulk_create([Basis(posting_id=posting.id, facts=facts)], ignore_conflicts=True)


def _post(
    sign: int, workspace_id: UUID, mode: str, net_minor: int, vat_minor: int, kind: str, key: str,
    description: str, number_id: UUID | None, call_id: UUID | None, topup_id: UUID | None,
) -> Posting:  # fmt: skip
    require_amount(net_minor, vat_minor)
    contra = contra_account(kind, mode)
    row = sql.debit(
        "wallet_post", ids.uuid7(), workspace_id, mode, Kind(kind).value, key, sign, net_minor,
        vat_minor, contra, description[:200], number_id, call_id, topup_id,
    )  # fmt: skip
    _raise_refusal(row, key, mode, net_minor + vat_minor)
    posting = Posting(
        id=row["posting_id"], workspace_id=workspace_id, mode=mode, kind=kind, source_ref=key,
        currency=row["currency"], net_minor=net_minor, vat_minor=vat_minor,
        description=description[:200], number_id=number_id, call_id=call_id, topup_id=topup_id,
    )  # fmt: skip
    return as_saved(posting, row["balance_after"])


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
