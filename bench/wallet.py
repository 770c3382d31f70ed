"""Debits against `pgbench -N` on the same server: one hot wallet, and spread wallets."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from bench import seed
from bench.pgbench import Pgbench
from bench.rounds import Figure, compare
from wallet import queries, services
from wallet.models import Entry

SECONDS = 3.0
CALLERS = 4
TENANTS = 50

# A debit is one statement, but it writes a posting with its two entries and checks their sum at
# commit, where the peer updates one row and inserts one; and the callers are threads of one
# Python. The hot wallet is also locked through each commit, one at a time: what lifts that is a
# writer that commits many debits at once.
HOT_FLOOR: Final = 0.20
SPREAD_FLOOR: Final = 0.35

_marks = itertools.count()


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield the figures; raises AssertionError when a balance is not the sum of its entries."""
    tenants = seed.tenants(TENANTS)
    pgbench = Pgbench(environment, clients=CALLERS, seconds=SECONDS)

    def hot() -> float:
        return debits([tenants[0].workspace_id])

    def spread() -> float:
        return debits([tenant.workspace_id for tenant in tenants])

    yield compare(
        "pgbench -N against itself", pgbench.run, peer_name="itself", peer=pgbench.run, floor=None,
        rounds=rounds,
    )  # fmt: skip
    yield compare(
        f"debits, one hot wallet, {CALLERS} callers", hot, peer_name="pgbench -N",
        peer=pgbench.run, floor=HOT_FLOOR, rounds=rounds,
    )  # fmt: skip
    yield compare(
        f"debits, {TENANTS} wallets, {CALLERS} callers", spread, peer_name="pgbench -N",
        peer=pgbench.run, floor=SPREAD_FLOOR, rounds=rounds,
    )  # fmt: skip
    for tenant in tenants:
        _check_books(tenant.workspace_id)


def debits(workspace_ids: list[UUID]) -> float:
    """Charge one cent as often as the callers can and return charges a second."""
    counts = [0] * CALLERS
    deadline = time.monotonic() + SECONDS
    run_mark = next(_marks)

    def caller(number: int) -> None:
        for turn in itertools.count():
            if time.monotonic() > deadline:
                break
            services.charge(
                workspace_id=workspace_ids[(turn * CALLERS + number) % len(workspace_ids)],
                mode="live", net_minor=1, vat_minor=0, kind="adjustment",
                key=f"{run_mark}-{number}-{turn}", description="Bench",
            )  # fmt: skip
            counts[number] += 1
        connection.close()

    return _in_threads(caller, counts)


def _in_threads(caller: Callable[[int], None], counts: list[int]) -> float:
    started = time.monotonic()
    threads = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


def _check_books(workspace_id: UUID) -> None:
    balance = queries.balance(workspace_id, "live").balance_minor
    entries = Entry.objects.filter(wallet__workspace_id=workspace_id, wallet__mode="live")
    total = entries.aggregate(total=Sum("amount_minor"))["total"]
    assert total == balance, f"{workspace_id}: entries sum to {total}, balance {balance}"
