"""Debits against `pgbench -N` and the ORM's way: one hot wallet and ten thousand, 4 to 64 callers."""

from __future__ import annotations

import itertools
import multiprocessing
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Workspace
from bench import seed
from bench.pgbench import Pgbench
from bench.rounds import Figure, compare
from kernel import ids
from wallet import services
from wallet.invariants import WALLET
from wallet.models import Entry, Posting, Wallet

SECONDS = 3.0
CALLERS = (4, 16, 64)
# pgbench does not count the making of its connections either.
WARM_UP = 8
WALLETS = 10_000
OPENING_MINOR = 10**9

# Callers of one process meet in its writer, which books them by one statement: the worker and the
# gateway are one process each. What several processes ask of one wallet is not gathered, each waits
# for the lock through the other's commit; those figures are printed beside the goals.
HOT_FLOOR: Final = 0.5
SPREAD_FLOOR: Final = 1.0
APART: Final = 4
HOT_FLOOR_APART: Final = 0.08
SPREAD_FLOOR_APART: Final = 0.35

Debit = Callable[[UUID, str], object]
_marks = itertools.count()


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield the figures; raises AssertionError when a rule of the books is broken at the end."""
    hot = [seed.tenants(1)[0].workspace_id]
    spread = _open_wallets(WALLETS)
    yield compare(
        "pgbench -N against itself", (peer := Pgbench(environment, clients=16, seconds=SECONDS)).run,
        peer_name="itself", peer=peer.run, floor=None, rounds=rounds,
    )  # fmt: skip
    for callers in CALLERS:
        pgbench = Pgbench(environment, clients=callers, seconds=SECONDS)
        for owners, floor in ((hot, HOT_FLOOR), (spread, SPREAD_FLOOR)):
            ours = partial(debits, owners, callers, by_verb)
            orm = partial(debits, owners, callers, by_orm)
            title = _title(owners, callers)
            yield compare(
                title, ours, peer_name="pgbench -N", peer=pgbench.run, floor=floor, rounds=rounds
            )
            yield compare(
                title, ours, peer_name="the ORM's select_for_update", peer=orm, floor=1.0,
                rounds=rounds,
            )  # fmt: skip
    for owners, floor in ((hot, HOT_FLOOR_APART), (spread, SPREAD_FLOOR_APART)):
        pgbench = Pgbench(environment, clients=16, seconds=SECONDS)
        yield compare(
            f"{_title(owners, 16)} in {APART} processes",
            partial(debits, owners, 16, by_verb, processes=APART),
            peer_name="pgbench -N", peer=pgbench.run, floor=floor, rounds=rounds,
        )  # fmt: skip
    for rule in WALLET:
        assert (broken := rule.first_broken()) is None, f"{rule.name}: {broken}"


def _title(owners: list[UUID], callers: int) -> str:
    return f"debits, {len(owners)} wallet{'s'[: len(owners) - 1]}, {callers} callers"


def by_verb(workspace_id: UUID, key: str) -> object:
    """Charge one cent as the product does."""
    return services.charge(
        workspace_id=workspace_id, mode="live", net_minor=1, vat_minor=0, kind="adjustment",
        key=key, description="Bench",
    )  # fmt: skip


def by_orm(workspace_id: UUID, key: str) -> None:
    """Charge one cent as Django projects usually do: lock, look, write, write."""
    with transaction.atomic():
        wallet = Wallet.objects.select_for_update().get(workspace_id=workspace_id, mode="live")
        assert wallet.available_minor >= 1
        Wallet.objects.filter(id=wallet.id).update(balance_minor=F("balance_minor") - 1)
        posting = Posting.objects.create(
            id=ids.uuid7(), workspace_id=workspace_id, mode="live", kind="adjustment",
            source_ref=key, currency=wallet.currency, net_minor=1, description="Bench",
        )  # fmt: skip
        Entry.objects.bulk_create(
            [
                Entry(posting=posting, account="wallet", wallet=wallet, amount_minor=-1,
                      balance_after_minor=wallet.balance_minor - 1),
                Entry(posting=posting, account="adjustments", amount_minor=1),
            ]
        )  # fmt: skip


def debits(owners: list[UUID], callers: int, debit: Debit, *, processes: int = 1) -> float:
    """Debit as often as the callers can and return debits a second, connected and warm at the start."""
    connection.close()
    mark = f"{next(_marks)}-{secrets.token_hex(3)}"
    fork = multiprocessing.get_context("fork")
    start, counted = fork.Barrier(callers), fork.SimpleQueue()
    threads = callers // processes
    children = [
        fork.Process(target=_process, args=(owners, debit, f"{mark}-{place}", threads, start, counted))
        for place in range(processes)
    ]  # fmt: skip
    for child in children:
        child.start()
    per_second = sum(counted.get() for _ in children)
    for child in children:
        child.join()
    return per_second


# The barrier and the queue are those of a multiprocessing context.
def _process(owners, debit, mark, threads, start, counted) -> None:  # type: ignore[no-untyped-def]
    counts, spans = [0] * threads, [0.0] * threads

    def caller(number: int) -> None:
        for turn in range(WARM_UP):
            debit(owners[(number + turn) % len(owners)], f"{mark}-{number}-warm-{turn}")
        start.wait()
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            key = f"{mark}-{number}-{counts[number]}"
            debit(owners[hash(key) % len(owners)], key)
            counts[number] += 1
        spans[number] = time.monotonic() - began
        connection.close()

    each = [threading.Thread(target=caller, args=(number,)) for number in range(threads)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    counted.put(sum(counts) / max(spans))


def _open_wallets(count: int) -> list[UUID]:
    rows = [
        Workspace(
            name=f"Bench {number}", slug=f"spread-{number}", country="KE", currency="KES",
            mpesa_account_ref=f"BW-{number:08d}", signing_secret="bench",
        )
        for number in range(count)
    ]  # fmt: skip
    Workspace.objects.bulk_create(rows)
    Wallet.objects.bulk_create(Wallet(workspace=row, mode="live", currency="KES") for row in rows)
    with transaction.atomic():
        for row in rows:
            services.credit(
                workspace_id=row.id, mode="live", net_minor=OPENING_MINOR, vat_minor=0,
                kind="adjustment", key="bench", description="Bench money",
            )  # fmt: skip
    return [row.id for row in rows]
