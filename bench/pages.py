"""The pages of a workspace with a million calls and entries, against ten thousand; and what one costs.

Both histories have a call every five minutes until now, so ten thousand are the last 34 days of the
million: a page of a day, a week or this month shows the same calls in both, and only what lies
before them differs. The fixed ranges are reckoned from today for that reason. Both are vacuumed and
analysed when they are full, as a table that grew slowly is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from bench import growth, pages_side, seed
from bench.rounds import Figure, compare
from calls import queries as calls
from calls import services as calling
from calls.models import Call
from kernel import clock
from kernel.pagination import slice_rows
from wallet.models import Entry, Posting
from webhooks import services as hooks
from webhooks.models import Endpoint

SMALL, BIG = growth.SMALL, growth.BIG
COPY = "grown_pages"
# A call every five minutes: the longer history of the same business.
PACE = "5 minutes"
ROWS_CPU_MS = 100
BACKEND = "django.contrib.auth.backends.ModelBackend"
# What a row is called in every table that grew with it.
ROW_ID = "('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
AGO = f"now() - ({{rows}} - n) * interval '{PACE}'"


@dataclass(frozen=True, slots=True)
class Ground:
    """One call with its posting that all others are copies of, and who looks at them."""

    call: Call
    posting: Posting
    endpoint: Endpoint
    owner: Client
    operator: Client


def run(environment: dict[str, str], rounds: int) -> Iterator[Figure]:
    """Yield a figure for each page, and one for the CPU time of a list of 50 rows."""
    ground = lay()
    owner = environment["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
    connection.close()
    home = str(connection.settings_dict["NAME"])
    with psycopg.connect(owner, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {COPY} TEMPLATE {home}")
    for database, rows in ((home, SMALL), (COPY, BIG)):
        began = time.monotonic()
        with psycopg.connect(owner.replace(f"/{home}?", f"/{database}?"), autocommit=True) as db:
            fill(db, ground, rows)
        print(f"pages: {rows:,} calls and entries in {time.monotonic() - began:.0f} s", flush=True)
    for name, visit in visits(ground).items():
        yield compare(
            f"{name} at {BIG:,}", lambda visit=visit: growth.leg(COPY, visit),
            peer_name=f"{SMALL:,}", peer=lambda visit=visit: growth.leg(home, visit),
            floor=growth.FLOOR, rounds=max(rounds, growth.ROUNDS_MIN),
        )  # fmt: skip
    with growth.inside(home):
        yield compare(
            "list of 50 rows, in CPU time", lambda: _cpu_rate(ground), floor=1.0, rounds=rounds,
            peer_name=f"{ROWS_CPU_MS} ms", peer=lambda: 1000 / ROWS_CPU_MS,
        )  # fmt: skip


def lay() -> Ground:
    """Make one call that was talked in and paid, an owner and an operator."""
    tenant = seed.tenants(1)[0]
    call = calling.place_call(
        workspace_id=tenant.workspace_id, mode="live", from_e164=tenant.number, to=["+254712345678"]
    )
    leg = call.legs.get()
    calling.record_answered(leg_id=leg.id, at=call.started_at)
    calling.record_ended(
        leg_id=leg.id, connected_ms=47_000, sip_code=200, cause="bye", ended_by="remote"
    )
    user = User.objects.get(memberships__workspace=tenant.workspace_id)
    operator = User.objects.create_superuser("operator@bench.example")
    posting = Posting.objects.get(call_id=call.id)
    endpoint = hooks.create_endpoint(
        workspace_id=tenant.workspace_id, mode="live", url="https://a.example/", event_names=["*"],
        actor="bench",
    )  # fmt: skip
    call = Call.objects.get(pk=call.pk)
    return Ground(call, posting, endpoint, _browser(user), _browser(operator))


def fill(server: psycopg.Connection, ground: Ground, rows: int) -> None:
    """Copy the call, its posting and its entries so many times, the newest last."""
    # The rows fit by their making, so no trigger and no foreign key looks at them.
    server.execute("SET session_replication_role = replica")
    at = AGO.format(rows=rows)
    _copy(server, rows, "calls_call", "id", str(ground.call.id), {
        "id": ROW_ID,
        "session_id": "'HD_' || lpad(to_hex(n), 12, '0')",
        "direction": "CASE WHEN n % 3 = 0 THEN 'inbound' ELSE 'outbound' END",
        "status": "CASE n % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'busy' WHEN 2 THEN 'no_answer'"
        " WHEN 3 THEN 'canceled' ELSE 'completed' END",
        "remote_e164": "'+2547' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0')",
        "winner_id": "NULL", "hold_id": "NULL", "parent_id": "NULL",
        "created_at": at, "started_at": at, "answered_at": at, "ended_at": at,
    })  # fmt: skip
    _copy(server, rows, "wallet_posting", "id", str(ground.posting.id), {
        "id": ROW_ID, "call_id": ROW_ID, "source_ref": "'copy-' || n", "created_at": at,
        "kind": "CASE WHEN n % 100 = 0 THEN 'topup' ELSE 'call' END",
    })  # fmt: skip
    for entry in Entry.objects.filter(posting=ground.posting):
        shift = f"{entry.id} + 100 + n * 4"
        _copy(server, rows, "wallet_entry", "id", entry.id, {"id": shift, "posting_id": ROW_ID})
    event = "SELECT id FROM kernel_event WHERE kind = 'call.completed' LIMIT 1"
    found = server.execute(event).fetchone()
    assert found is not None
    _copy(server, rows, "kernel_event", "id", found[0], {
        "id": f"{found[0]} + 100 + n", "event_id": ROW_ID, "call_id": ROW_ID, "sequence": "100 + n",
        "occurred_at": at,
    })  # fmt: skip
    for table in ("calls_call", "wallet_posting", "wallet_entry", "kernel_event"):
        server.execute(f"VACUUM ANALYZE {table}")
    pages_side.fill(server, ground.call.workspace_id, ground.endpoint.id, rows)


def _copy(
    server: psycopg.Connection, rows: int, table: str, key: str, value: object,
    changed: dict[str, str],
) -> None:  # fmt: skip
    """Write copies of one row with some columns computed from their number `n`."""
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    names = [name for (name,) in server.execute(columns, [table])]
    unknown = changed.keys() - set(names)
    assert not unknown, f"{table} has no {', '.join(unknown)}"
    values = ", ".join(changed.get(name, f"row.{name}") for name in names).replace("%", "%%")
    server.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM generate_series(1, {rows})"
        f" AS n CROSS JOIN (SELECT * FROM {table} WHERE {key} = %s) AS row",
        [value],
    )


def visits(ground: Ground) -> dict[str, Callable[[], object]]:
    """Return what is measured: one whole answer each, as its visitor gets it."""
    number = "0712" + f"{77 * 7919:08d}"[-6:]
    today = clock.nairobi_today()
    week = f"from={today - timedelta(days=20)}&to={today - timedelta(days=14)}"
    owner = {
        "overview, 24 hours": "/overview",
        "overview, 7 days": "/overview?since=7d",
        "overview, month": "/overview?since=month",
        "calls": "/calls",
        "calls, failed or missed": "/calls?status=failed",
        "calls, busy": "/calls?status=busy",
        "calls, inbound": "/calls?direction=inbound",
        "calls, of a week": f"/calls?{week}",
        "calls, of a number": f"/calls?q={number}",
        "calls, of a session": "/calls?q=HD_000000000bb8",
        "wallet": "/wallet",
        "wallet, top-ups": "/wallet?kind=topup",
        "wallet, calls": "/wallet?kind=call",
        "wallet, of a week": f"/wallet?{week}",
        "documents": "/wallet/documents",
        "event log": "/webhooks/events",
        "event log, one kind": "/webhooks/events?kind=call.completed",
        "audit log": "/settings/audit",
        "audit log, one kind": "/settings/audit?action_kind=webhook.created",
        "request log": "/settings/requests",
        "request log, failed": "/settings/requests?outcome=failed",
        "conferences": "/conferences",
        "numbers": "/numbers",
        "limits": "/wallet/limits",
        "webhooks": "/webhooks",
        "deliveries": f"/webhooks/{ground.endpoint.id}",
        "deliveries, dead letters": f"/webhooks/{ground.endpoint.id}?status=dead_letter",
    }
    operator = {
        "operators: calls": "/admin/calls/call/",
        "operators: postings": "/admin/wallet/posting/",
        "operators: wallets": "/admin/wallet/wallet/",
        "operators: workspaces": "/admin/accounts/workspace/",
        "operators: dashboard": "/admin/",
        "operators: top-ups": "/admin/wallet/topup/",
        "operators: payments": "/admin/wallet/mpesareceipt/",
        "operators: suspense": "/admin/wallet/mpesareceipt/?status=suspense",
        "operators: fetches": "/admin/telephony/fetch/",
        "operators: conferences": "/admin/telephony/conference/",
        "operators: deliveries": "/admin/webhooks/delivery/",
        "operators: audit log": "/admin/kernel/auditentry/",
        "operators: calls of a number": "/admin/calls/call/?q=%2B254700609763",
    }
    found = {name: _visit(ground.owner, path) for name, path in owner.items()}
    found["calls, middle page"] = _visit_middle(ground)
    return found | {name: _visit(ground.operator, path) for name, path in operator.items()}


def _visit(browser: Client, path: str) -> Callable[[], object]:
    def visit() -> object:
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
        return answer

    return visit


def _visit_middle(ground: Ground) -> Callable[[], object]:
    def visit() -> object:
        rows = calls.list_calls(ground.call.workspace_id, "live")
        middle = Call.objects.get(session_id=f"HD_{SMALL // 2:012x}").created_at
        _found, cursor = slice_rows(rows.filter(created_at__lte=middle), {"limit": "1"})
        return _visit(ground.owner, f"/calls?cursor={cursor}")()

    return visit


def _cpu_rate(ground: Ground) -> float:
    """Return how many lists of 50 rows a second of CPU time makes."""
    visit = _visit(ground.owner, "/calls?limit=50")
    visit()
    began = time.process_time()
    for _ in range(5):
        visit()
    return 5 / (time.process_time() - began)


def _browser(user: User) -> Client:
    browser = Client(headers={"host": urlsplit(settings.PUBLIC_URL).netloc})
    browser.force_login(user, backend=BACKEND)
    return browser
