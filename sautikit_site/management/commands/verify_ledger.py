"""Check every rule of the books on live data and print the first row that breaks one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from wallet.invariants import WALLET, Invariant
from wallet.services import seals

CALLS = (
    Invariant(
        "call-costs",
        "An answered call costs its billed seconds times its rate, rounded up once.",
        """SELECT 'call ' || id, billed || ' s at ' || rate_minor_per_minute || ' is '
                  || (billed * rate_minor_per_minute + 59) / 60 || ', not ' || cost_minor
                  || ' for ' || duration_seconds || ' s'
             FROM (SELECT id, rate_minor_per_minute, coalesce(cost_minor, -1) AS cost_minor,
                          coalesce(duration_seconds, -1) AS duration_seconds,
                          least((connected_ms + 999) / 1000, paid_until_seconds) AS billed
                     FROM calls_call WHERE ended_at IS NOT NULL AND connected_ms IS NOT NULL) c
            WHERE billed <> duration_seconds
               OR (billed * rate_minor_per_minute + 59) / 60 <> cost_minor""",
    ),
    Invariant(
        "call-postings",
        "The cost of a call is its one posting, with the VAT inside; a call without cost has none.",
        """SELECT 'call ' || c.id, 'costs ' || coalesce(c.cost_minor, 0) || ' but '
                  || count(p.id) || ' postings took ' || coalesce(sum(p.net_minor + p.vat_minor), 0)
                  || ' with VAT ' || coalesce(sum(p.vat_minor), 0)
             FROM calls_call c
             LEFT JOIN wallet_posting p ON p.call_id = c.id AND p.kind = 'call'
            GROUP BY c.id
           HAVING count(p.id) <> CASE WHEN coalesce(c.cost_minor, 0) > 0 THEN 1 ELSE 0 END
               OR coalesce(sum(p.net_minor + p.vat_minor), 0) <> coalesce(c.cost_minor, 0)
               OR coalesce(sum(p.vat_minor), 0)
                  <> (2 * 1600 * coalesce(c.cost_minor, 0) + 11600) / (2 * 11600)
               OR bool_or((p.workspace_id, p.mode) IS DISTINCT FROM (c.workspace_id, c.mode)
                          AND p.id IS NOT NULL)""",
    ),
)
_FIGURE = """
    SELECT (SELECT count(*) FROM wallet_posting), (SELECT count(*) FROM wallet_entry),
           (SELECT count(*) FROM wallet_wallet), (SELECT count(*) FROM wallet_mpesareceipt),
           (SELECT count(*) FROM calls_call WHERE connected_ms IS NOT NULL),
           (SELECT count(*) FROM wallet_seal)
"""


class Command(BaseCommand):
    help = "Check every rule of the books on live data; exit 0 only when all hold."

    # The options are argparse's.
    def handle(self, *_args: object, **_options: Any) -> None:
        """Look at one snapshot of the database, so that money may move meanwhile."""
        started = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            broken = [name for name, look in checks() if not self._holds(name, look)]
            cursor.execute(_FIGURE)
            figure = cursor.fetchone()
        words = "{} postings, {} entries, {} wallets, {} receipts, {} answered calls, {} seals"
        seconds = f"{time.monotonic() - started:.1f} s"
        looked_at = f"{words.format(*figure)}, {seconds}"
        if broken:
            raise CommandError(
                f"verify_ledger: {len(broken)} of {len(checks())} rules broken"
                f" ({', '.join(broken)}); {looked_at}"
            )
        self.stdout.write(f"verify_ledger: {len(checks())} rules hold; {looked_at}")

    def _holds(self, name: str, look: Callable[[], str | None]) -> bool:
        first = look()
        self.stdout.write(f"ok      {name}" if first is None else f"BROKEN  {name}: {first}")
        return first is None


def checks() -> list[tuple[str, Callable[[], str | None]]]:
    """Return each rule's name and what finds the first row that breaks it."""
    rules = [(rule.name, rule.first_broken) for rule in (*WALLET, *CALLS)]
    return [*rules, ("seals", seals.first_broken_seal)]
