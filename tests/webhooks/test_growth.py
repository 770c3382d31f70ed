"""With many rows, lists and claims read what they show and no more: no scan of a table, no large sort."""

import psycopg
import pytest

from bench import growth, plans
from sautikit_site.bootstrap import environ
from webhooks import services
from webhooks.models import Attempt, Delivery

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 20_000


@pytest.fixture
def grown():
    ground = growth.lay()
    with psycopg.connect(environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        growth.fill(owner, ground, ROWS)
    return ground


def test_no_hot_query_reads_more_than_it_shows(grown):
    judged = dict(growth.plan_faults(grown))
    assert {name: wrong for name, wrong in judged.items() if wrong} == {}
    assert {"list", "tail", "health", "choose", "claim"} <= set(judged)


def test_every_step_of_the_bench_does_what_it_says(grown):
    for step in growth.steps(grown).values():
        step()
    assert len(services.claim_first(200)) == 200


def test_a_plan_that_reads_too_much_is_named(grown):
    """The judge itself: a scan, a large sort and a filter that throws rows away."""
    assert plans.faults("SELECT count(payload) FROM kernel_event", [], rows_max=10**9) == [
        "a sequential scan of kernel_event"
    ]
    sorted_rows = Delivery.objects.filter(endpoint=grown.busy).order_by("url", "id")
    assert "a sort of 10000 rows" in plans.faults_of_rows(sorted_rows, rows_max=10**9)
    picked = Attempt.objects.filter(lane=f"endpoint:{grown.busy.id}").order_by("-created_at")
    assert plans.faults_of_rows(picked.filter(error="never")[:1], rows_max=1_000)
