"""Lists, the tail and the claim with a million events and deliveries, against ten thousand."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import services as accounts
from accounts.models import User
from bench import plans
from bench.rounds import Figure, compare
from kernel.pagination import slice_rows
from webhooks import lanes, queries, services
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.services import claims

SMALL, BIG = 10_000, 1_000_000
COPY = "grown"
SHARERS = 5
ENDPOINTS = 20
LEG_SECONDS = 0.4
ROUNDS_MIN = 5
# Within 1.5 times of the small one.
FLOOR = 0.667
# A claim walks a hundred lanes; nothing of a page or a claim depends on the size of the table.
TOUCHED_MAX = 4_000

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ground:
    """Half of the rows are one endpoint's; a hundred others in five workspaces share the rest."""

    owner: UUID
    busy: Endpoint
    sharers: list[tuple[UUID, list[Endpoint]]]


EVENTS = """
    INSERT INTO kernel_event (event_id, workspace_id, mode, kind, payload, call_id, call_number,
                              occurred_at, sequence)
    SELECT gen_random_uuid(), %(workspace)s, 'live',
           CASE WHEN n %% 50 = 0 THEN 'wallet.top_up' ELSE 'call.started' END,
           '{"status": "started", "from": "+254700000001"}', gen_random_uuid(), 1,
           now() - (%(rows)s - n) * interval '1 second', n
      FROM generate_series(1, %(rows)s) AS n
"""
# The newest tenth waits, and one of two hundred is dead.
DELIVERIES = """
    INSERT INTO webhooks_delivery (id, workspace_id, mode, event_id, endpoint_id, target, lane, url,
                                   call_id, status, attempts_count, last_error, created_at)
    SELECT gen_random_uuid(), workspace_id, mode, id, endpoint, 'endpoint:' || endpoint,
           'endpoint:' || endpoint, 'https://a.example/', call_id,
           CASE WHEN sequence > %(rows)s * 0.9 THEN 'pending'
                WHEN sequence %% 200 = 0 THEN 'dead_letter' ELSE 'delivered' END,
           1, '', occurred_at
      FROM (SELECT *, (%(endpoints)s::uuid[])[1 + sequence %% %(count)s] AS endpoint
              FROM kernel_event WHERE workspace_id = %(workspace)s) AS mine
"""
ATTEMPTS = """
    INSERT INTO webhooks_attempt (id, delivery_id, lane, number, request_headers, response_status,
                                  response_body, error, address, duration_ms, created_at)
    SELECT gen_random_uuid(), id, lane, 1, '{}', 200, '', '', '', 5, created_at
      FROM webhooks_delivery WHERE status <> 'pending' AND workspace_id = %(workspace)s
"""


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield a figure for each step; raises AssertionError when a plan reads too much."""
    ground = lay()
    owner = environment["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
    connection.close()
    home = connection.settings_dict["NAME"]
    with psycopg.connect(owner, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {COPY} TEMPLATE {home}")
    for database, rows in ((home, SMALL), (COPY, BIG)):
        began = time.monotonic()
        with psycopg.connect(
            owner.replace(f"/{home}?", f"/{database}?"), autocommit=True
        ) as server:
            # The rows fit by their making, so no foreign key has to be looked up a million times.
            server.execute("SET session_replication_role = replica")
            fill(server, ground, rows)
        print(
            f"growth: {rows:,} events and deliveries in {time.monotonic() - began:.0f} s",
            flush=True,
        )
    with inside(COPY):
        _judge_plans(ground)
    for name, step in steps(ground).items():
        yield compare(
            f"{name} at {BIG:,}", lambda step=step: leg(COPY, step), peer_name=f"{SMALL:,}",
            peer=lambda step=step: leg(home, step), floor=FLOOR, rounds=max(rounds, ROUNDS_MIN),
        )  # fmt: skip
    with inside(home):
        pass


def lay() -> Ground:
    """Make the workspaces and their endpoints."""
    made = [_workspace(number) for number in range(1 + SHARERS)]
    busy = _endpoint(made[0], 0)
    shared = [(each, [_endpoint(each, n) for n in range(ENDPOINTS)]) for each in made[1:]]
    return Ground(made[0], busy, shared)


def fill(server: psycopg.Connection, ground: Ground, rows: int) -> None:
    """Write so many events with a delivery each."""
    each = rows // 2 // len(ground.sharers)
    parts = [(ground.owner, [ground.busy], rows - each * len(ground.sharers))]
    parts += [(workspace_id, endpoints, each) for workspace_id, endpoints in ground.sharers]
    for workspace_id, endpoints, count in parts:
        values = {
            "workspace": workspace_id, "rows": count, "count": len(endpoints),
            "endpoints": [endpoint.id for endpoint in endpoints],
        }  # fmt: skip
        for statement in (EVENTS, DELIVERIES, ATTEMPTS):
            server.execute(statement, values)
    for table in sorted(plans.BIG):
        server.execute(f"VACUUM ANALYZE {table}")


def steps(ground: Ground) -> dict[str, Step]:
    """What is measured, by name; each is what a door or the dispatcher does."""
    last = {"limit": "25"}

    def page(cursor: str | None = None, **chosen: str) -> object:
        rows = queries.deliveries(ground.busy, **chosen)
        return slice_rows(rows, last | ({"cursor": cursor} if cursor else {}))

    def middle_page() -> object:
        return page(_cursor_to_the_middle(ground.busy))

    def log(after: int, kinds: tuple[str, ...] = ()) -> object:
        # A page of the same length at both sizes, or they could not be compared.
        found = queries.events_after(ground.owner, "live", after=after, kinds=kinds, limit=100)
        assert len(found) == 100, len(found)
        return found

    return {
        "list, first page": page,
        "list, middle page": middle_page,
        "list, dead letters": lambda: page(status="dead_letter"),
        "list, waiting": lambda: page(status="pending"),
        "event log, from the middle": lambda: log(SMALL // 4),
        "event log, one kind": lambda: log(0, ("wallet.top_up",)),
        "tail": lambda: queries.latest_events(ground.owner, "live", kinds=(), limit=50),
        "health": lambda: queries.with_health([ground.busy]),
        "claim": _claim,
    }


def _claim() -> None:
    """Lease 200 deliveries and give them back."""
    with transaction.atomic():
        taken = services.claim_first(200)
        assert len(taken) == 200, len(taken)
        transaction.set_rollback(True)


_cursors: dict[object, str] = {}


def _cursor_to_the_middle(endpoint: Endpoint) -> str:
    """Return the cursor of the page in the middle, found once in each database."""
    key = connection.settings_dict["NAME"]
    if key not in _cursors:
        rows = Delivery.objects.filter(endpoint=endpoint)
        middle = rows.order_by("-created_at")[rows.count() // 2].created_at
        _found, cursor = slice_rows(rows.filter(created_at__lte=middle), {"limit": "1"})
        assert cursor is not None
        _cursors[key] = cursor
    return _cursors[key]


def leg(database: str, step: Step) -> float:
    """Return how often the step is done in a second."""
    with inside(database):
        step()
        done = 0
        began = time.monotonic()
        while (spent := time.monotonic() - began) < LEG_SECONDS:
            step()
            done += 1
        return done / spent


@contextlib.contextmanager
def inside(database: str) -> Iterator[None]:
    if connection.settings_dict["NAME"] != database:
        connection.close()
        connection.settings_dict["NAME"] = database
    yield


def _judge_plans(ground: Ground) -> None:
    wrong = [f"{name}: {told}" for name, faults in plan_faults(ground) for told in faults]
    assert not wrong, "\n".join(wrong)
    print("growth: no plan reads a whole table or sorts more than 1,000 rows", flush=True)


def plan_faults(ground: Ground) -> Iterator[tuple[str, list[str]]]:
    """Yield what is wrong with the plan of each hot query."""
    most = TOUCHED_MAX

    def listed(**chosen: str) -> QuerySet[Delivery]:
        return queries.deliveries(ground.busy, **chosen).order_by("-created_at", "-pk")

    log = queries.log(ground.owner, "live")
    lists = {
        "list": listed()[:26],
        "dead letters": listed(status="dead_letter")[:26],
        "retries": listed(status="retrying")[:26],
        "waiting": listed(status="pending")[:26],
        "log": log.filter(sequence__gt=SMALL // 4).order_by("sequence")[:100],
        "log of a kind": log.filter(kind="wallet.top_up").order_by("sequence")[:100],
        "tail": log.order_by("-sequence")[:50],
        "attempts": Attempt.objects.filter(delivery=listed()[0]),
    }
    for name, rows in lists.items():
        yield name, plans.faults_of_rows(rows, rows_max=most)
    yield (
        "health",
        plans.faults(queries.HEALTH, [[lanes.of_endpoint(ground.busy.id)]], rows_max=most),
    )
    token = {"token": uuid4()}
    turn = {"after": "", "room": 200, "claims": 0, "quick": []}
    mine = [{"lane": lanes.of_endpoint(ground.busy.id), "cap": 2, "ordered": True, "turn": 2}]
    claim = {"mine": json.dumps(mine), "room": 200, "oldest_rank": 0}
    waiting = {"id": listed(status="pending")[0].id}
    with transaction.atomic():
        with connection.cursor() as cursor:
            claims.tune(cursor)
        yield "choose", plans.faults(claims.CHOOSE, token | turn, rows_max=most)
        yield "claim", plans.faults(claims.CLAIM, token | claim, rows_max=most)
        yield "state of one", plans.faults(claims.STATE, token | waiting, rows_max=most)
        transaction.set_rollback(True)


def _workspace(number: int) -> UUID:
    user = User.objects.create(email=f"growth-{number}@example.com", name="Bench")
    made = accounts.onboard(
        user=user, name="Bench", workspace_name=f"Growth {number}", country="KE", currency="KES"
    )
    return made.workspace.id


def _endpoint(workspace_id: UUID, number: int) -> Endpoint:
    return services.create_endpoint(
        workspace_id=workspace_id, mode="live", url=f"https://a{number}.example/",
        event_names=["*"], actor="bench",
    )  # fmt: skip
