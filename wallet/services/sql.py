"""Calls of the money functions: one statement, one row back, and what the row means for a caller."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel import bell, work
from kernel.events import emit
from kernel.money import Money
from wallet.errors import InsufficientBalance
from wallet.events import WalletRanLow
from wallet.gauge import burn_of, minutes_left


# Parameters are those of the SQL function; psycopg adapts them.
def call(function: str, *parameters: Any) -> dict[str, Any]:
    """Run one money function and return its only row by column."""
    (row,) = rows(function, *parameters)
    return row


# As above.
def rows(function: str, *parameters: Any) -> list[dict[str, Any]]:
    """Run one money function and return its rows by column; a timedelta is a moment from now.

    From now by the clock of the database, which expires holds.
    """
    marks = ", ".join(
        "clock_timestamp() + %s" if isinstance(it, timedelta) else "%s" for it in parameters
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({marks})", parameters)  # noqa: S608 - our names
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def debit(function: str, *parameters: Any) -> dict[str, Any]:
    """Run a function that may cross the low-balance threshold; the last parameter is ours.

    Outside a transaction it answers `crossing` and does nothing, because the event must be written
    together with its cause; then it is run again inside one. So the usual debit stays one statement.
    """
    row = call(function, *parameters, connection.in_atomic_block)
    if row["outcome"] == "crossing":
        with transaction.atomic():
            return debit(function, *parameters)
    if row["crossed"]:
        _announce_low_balance(row)
    return row


def _announce_low_balance(row: dict[str, Any]) -> None:
    rate, _ = burn_of(row["owner_id"], row["owner_mode"], row["currency"])
    event = WalletRanLow(
        balance_minor=row["balance_after"],
        currency=row["currency"],
        threshold_minor=row["threshold"],
        minutes_left=minutes_left(row["balance_after"], rate),
    )
    told = emit(event, workspace_id=row["owner_id"], mode=row["owner_mode"])
    work.enqueue("wallet.tell_subscribers", told.id)


def ring_wallet(workspace_id: UUID, mode: str) -> None:
    """Tell open pages that the balance moved; not for every charge, which stays one round trip."""
    bell.ring("live", f"{workspace_id}:{mode}:wallet")


# The row is what a money function returned.
def refusal(row: dict[str, Any], required_minor: int) -> InsufficientBalance:
    """Return the problem that names what is free and what would be enough, debts included."""
    currency = row["currency"]
    return InsufficientBalance(
        balance=Money(row["available"], currency),
        required=Money(required_minor + row["receivable"], currency),
    )
