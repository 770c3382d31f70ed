"""With many rows, lists and claims read what they show and no more: no scan of a table, no large sort."""

import json
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from kernel.models import Event
from sautikit_site.bootstrap import environ
from tests import world
from tests.webhooks import scene
from webhooks import lanes, queries
from webhooks.models import Attempt, Delivery
from webhooks.services import claims

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 20_000
BIG = {"kernel_event", "webhooks_delivery", "webhooks_attempt"}
FILL = """
    INSERT INTO kernel_event (event_id, workspace_id, mode, kind, payload, call_id, call_number,
                              occurred_at, sequence)
    SELECT gen_random_uuid(), %(workspace)s, 'live', CASE WHEN n %% 100 = 0 THEN 'wallet.top_up'
           ELSE 'call.started' END, '{}', gen_random_uuid(), 1, now() - n * interval '1 second', n
      FROM generate_series(1, %(rows)s) AS n;
    INSERT INTO webhooks_delivery (id, workspace_id, mode, event_id, endpoint_id, target, lane, url,
                                   call_id, status, attempts_count, last_error, created_at)
    SELECT gen_random_uuid(), workspace_id, mode, id, %(endpoint)s, 'endpoint:x', %(lane)s, 'x',
           call_id, CASE WHEN sequence %% 4 = 0 THEN 'pending' ELSE 'delivered' END, 1, '', occurred_at
      FROM kernel_event;
    INSERT INTO webhooks_attempt (id, delivery_id, lane, number, request_headers, response_status,
                                  response_body, error, address, duration_ms, created_at)
    SELECT gen_random_uuid(), id, lane, 1, '{}', 200, '', '', '', 5, created_at
      FROM webhooks_delivery;
"""


@pytest.fixture
def grown():
    acme = world.acme()
    endpoint = scene.endpoint(acme)
    with psycopg.connect(environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        values = {
            "workspace": acme.id,
            "rows": ROWS,
            "endpoint": endpoint.id,
            "lane": lanes.of_endpoint(endpoint.id),
        }
        for statement in FILL.split(";")[:3]:
            owner.execute(statement, values)
        for table in BIG:
            owner.execute(f"VACUUM ANALYZE {table}")
    return acme, endpoint


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def check(sql, values):
    for node in nodes(plan_of(sql, values)):
        is_scan = node["Node Type"] == "Seq Scan" and node.get("Relation Name") in BIG
        assert not is_scan, node
        # The health of a lane reads its newest 2,000 attempts, whatever there are.
        assert not (node["Node Type"] == "Sort" and node["Actual Rows"] > 2_000), node
        assert node["Actual Rows"] * node["Actual Loops"] < ROWS / 2, node


def sql_of(rows):
    return rows.query.sql_with_params()


def test_the_lists_read_what_they_show(grown):
    acme, endpoint = grown
    log = Event.objects.filter(workspace_id=acme.id, mode="live")
    for rows in (
        log.filter(sequence__gt=ROWS // 2).order_by("sequence")[:100],
        log.filter(sequence__gt=0, kind="wallet.top_up").order_by("sequence")[:100],
        log.filter(sequence__isnull=False).order_by("-sequence")[:50],
        queries.deliveries(endpoint).order_by("-created_at", "-pk")[:26],
        Attempt.objects.filter(delivery=Delivery.objects.first()),
    ):
        check(*sql_of(rows))
    check(queries.HEALTH, [[lanes.of_endpoint(endpoint.id)]])


def test_the_claims_read_what_they_take(grown):
    _acme, endpoint = grown
    check(claims.CHOOSE, {"after": "", "room": 200})
    mine = [{"lane": lanes.of_endpoint(endpoint.id), "cap": 2, "ordered": True, "turn": 2}]
    values = {"mine": json.dumps(mine), "room": 200, "token": uuid4(), "oldest_rank": 0}
    check(claims.CLAIM, values)
    check(claims.STATE, [Delivery.objects.filter(status="pending").first().id])
