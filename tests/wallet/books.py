"""What every test of money needs: a workspace with a wallet, threads, and the invariants."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import Workspace
from wallet.models import Wallet
from wallet.services import credit, open_wallet


def make_workspace() -> Workspace:
    mark = secrets.token_hex(6)
    return Workspace.objects.create(
        name=f"Acme {mark}",
        slug=f"acme-{mark}",
        country="KE",
        currency="KES",
        mpesa_account_ref=f"TS-{secrets.randbelow(10**8):08d}",
        signing_secret="whsec_" + mark,
    )


def make_wallet(balance_minor: int = 0, *, mode: str = "live") -> Wallet:
    workspace = make_workspace()
    wallet = open_wallet(workspace_id=workspace.id, mode=mode, currency="KES")
    if balance_minor:
        credit(
            workspace_id=workspace.id,
            mode=mode,
            net_minor=balance_minor,
            vat_minor=0,
            kind="adjustment",
            key="opening",
            description="Opening balance",
        )
        wallet.refresh_from_db()
    return wallet


def facts(wallet: Wallet, **changes: Any) -> dict[str, Any]:
    """The arguments of a charge of KES 2.35."""
    return {
        "workspace_id": wallet.workspace_id,
        "mode": wallet.mode,
        "net_minor": 203,
        "vat_minor": 32,
        "kind": "call",
        "key": "call-1",
        "description": "Call to +254700000000",
        **changes,
    }


def together(count: int, action: Callable[[int], Any]) -> list[Any]:
    """Run an action in so many threads that start at one moment; exceptions are results."""
    gate = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(30)
            results[index] = action(index)
        except Exception as problem:
            results[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


_WRONG_SUMS = "SELECT posting_id FROM wallet_entry GROUP BY 1 HAVING sum(amount_minor) <> 0"
_WRONG_BALANCES = """
    SELECT w.id FROM wallet_wallet w LEFT JOIN wallet_entry e ON e.wallet_id = w.id
     GROUP BY w.id HAVING w.balance_minor <> coalesce(sum(e.amount_minor), 0)
"""
_WRONG_HOLDS = """
    SELECT w.id FROM wallet_wallet w
      LEFT JOIN wallet_hold h ON h.wallet_id = w.id AND h.status = 'placed'
     GROUP BY w.id HAVING w.held_minor <> coalesce(sum(h.amount_minor), 0)
"""
_BROKEN_CHAINS = """
    SELECT id FROM (SELECT id, balance_after_minor, amount_minor, coalesce(lag(balance_after_minor)
        OVER (PARTITION BY wallet_id ORDER BY id), 0) AS before
      FROM wallet_entry WHERE wallet_id IS NOT NULL) c
     WHERE before + amount_minor <> balance_after_minor
"""


def assert_books_are_right() -> None:
    """Every posting balances, every balance and hold adds up, every chain is whole."""
    with connection.cursor() as cursor:
        for statement in (_WRONG_SUMS, _WRONG_BALANCES, _WRONG_HOLDS, _BROKEN_CHAINS):
            cursor.execute(statement)
            assert cursor.fetchall() == []


def ledger_of(wallet: Wallet) -> list[tuple[str, str, int, int | None]]:
    """The whole ledger of a wallet's workspace as a small table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.kind, e.account, e.amount_minor, e.balance_after_minor
                 FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
                WHERE p.workspace_id = %s AND p.mode = %s ORDER BY e.id""",
            [wallet.workspace_id, wallet.mode],
        )
        return cursor.fetchall()
