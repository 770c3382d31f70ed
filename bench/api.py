"""The API against a bare Django view in the same server: balance and placing a call."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator

from bench import load, seed, servers
from bench.rounds import Figure, compare
from calls.models import Call
from wallet.models import Hold

CONNECTIONS = 16
SECONDS = 3.0
TENANTS = 20

_marks = itertools.count()


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield the figures; raises AssertionError when an answer or the books are wrong."""
    tenants = seed.tenants(TENANTS)
    with servers.web(environment) as port:

        def leg(request: load.Request, wanted: int) -> float:
            result = asyncio.run(
                load.run(
                    port, request, wanted_status=wanted, connections=CONNECTIONS, seconds=SECONDS
                )
            )
            assert result.wrong == 0, (
                f"{result.wrong} of {result.answered} answers were not {wanted}"
            )
            return result.per_second

        def bare() -> float:
            return leg(load.get("/healthz"), 200)

        def balance() -> float:
            return leg(load.get("/v1/wallet/balance", key=tenants[0].key), 200)

        def place(chosen: list[seed.Tenant]) -> float:
            body = {"from": chosen[0].number, "to": ["+254711000005"]}
            keys = [tenant.key for tenant in chosen[:1]]
            mark = f"bench-{next(_marks)}"
            request = load.post("/v1/calls", json.dumps(body).encode(), keys=keys, mark=mark)
            return leg(request, 202)

        bare()
        balance()
        yield compare(
            "bare view against itself",
            bare,
            peer_name="itself",
            peer=bare,
            floor=0.5,
            rounds=rounds,
        )
        yield compare(
            "GET /v1/wallet/balance",
            balance,
            peer_name="a bare view",
            peer=bare,
            floor=0.10,
            rounds=rounds,
        )
        yield compare(
            "POST /v1/calls", lambda: place(tenants), peer_name="a bare view", peer=bare, floor=0.02,
            rounds=rounds,
        )  # fmt: skip
    _check_books(tenants[0])


def _check_books(tenant: seed.Tenant) -> None:
    """Each call that was accepted holds its first slice, once."""
    placed = Call.objects.filter(workspace_id=tenant.workspace_id).count()
    held = Hold.objects.filter(wallet__workspace_id=tenant.workspace_id, state="placed").count()
    assert placed == held, f"{placed} calls, {held} holds"
