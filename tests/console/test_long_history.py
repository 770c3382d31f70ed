"""With a long history every page reads what it shows and no more, for customers and operators."""

import psycopg
import pytest

from bench import pages, plans, seed
from calls import queries as calls
from calls.models import Call
from kernel import clock
from sautikit_site.bootstrap import environ

pytestmark = pytest.mark.django_db(transaction=True)

# So many that a month is the small part of them.
ROWS = 60_000
# Pages of a range read each call in it: a month of one every five minutes, at most.
RANGED = ("overview", "operators: dashboard")
RANGE_MAX = 31 * 24 * 12
TOUCHED_MAX = 3_000


@pytest.fixture
def grow(settings, monkeypatch):
    settings.API_KEY_BURST = 1_000_000
    monkeypatch.setattr(seed, "_made", [])

    def make(rows):
        ground = pages.lay()
        owner = environ["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
        with psycopg.connect(owner, autocommit=True) as server:
            pages.fill(server, ground, rows)
        return ground

    return make


def test_no_page_reads_more_of_a_long_history_than_it_shows(grow):
    wrong = {}
    for name, visit in pages.visits(grow(ROWS)).items():
        most = RANGE_MAX if name.startswith(RANGED) else TOUCHED_MAX
        if faults := plans.faults_of_visit(visit, rows_max=most):
            wrong[name] = faults
    assert not wrong, "\n".join(f"{name}: {told}" for name, told in wrong.items())


def test_the_figures_of_a_month_are_those_of_its_calls(grow):
    grown = grow(10_000)
    since = calls.since_of("month")
    rows = Call.objects.filter(created_at__gte=since, ended_at__isnull=False)
    for bucket in ("day", "hour"):
        found = calls.statistics(grown.call.workspace_id, "live", since=since, bucket=bucket)
        assert sum(each.total for each in found) == rows.count()
        assert sum(each.inbound for each in found) == rows.filter(direction="inbound").count()
        assert sum(each.spend_minor for each in found) == sum(
            rows.values_list("cost_minor", flat=True)
        )
        assert [each.start for each in found] == sorted({each.start for each in found})
    today = found[-1].start.astimezone(clock.NAIROBI).date()
    assert today == clock.nairobi_today()
