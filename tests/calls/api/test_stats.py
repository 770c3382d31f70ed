from datetime import timedelta

import pytest

from calls.models import Call
from kernel import clock
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls():
    where = world.acme()
    story.end(story.answer(story.place(where)), connected_ms=46_200)
    story.end(story.place(where), sip_code=486)
    story.end(story.place(where), sip_code=503)
    story.place(where)
    return where


def test_it_works(calls):
    body = world.api(calls).get("/v1/calls/stats").json()
    assert body == {
        "total": 3,
        "completed": 1,
        "failed": 2,
        "minutes_total": 1,
        "spend_minor": 235,
        "currency": "KES",
    }


@pytest.mark.parametrize(("bucket", "since", "least"), [("day", "7d", 7), ("hour", "today", 1)])
def test_the_series_has_no_hole(calls, bucket, since, least):
    body = world.api(calls).get("/v1/calls/stats", {"since": since, "bucket": bucket}).json()
    series = body["series"]
    assert len(series) >= least
    assert series == sorted(series, key=lambda row: row["start"])
    for row in series:
        assert row["completed"] + row["missed"] + row["failed"] == row["total"]
    assert sum(row["total"] for row in series) == 3
    assert (series[-1]["missed"], series[-1]["failed"], series[-1]["spend_minor"]) == (1, 1, 235)


def test_what_was_before_the_window_is_not_counted(calls):
    Call.objects.update(created_at=clock.now() - timedelta(days=40))
    assert world.api(calls).get("/v1/calls/stats", {"since": "month"}).json()["total"] == 0


def test_it_rejects_bad_input(calls):
    client = world.api(calls)
    for query in ({"since": "soon"}, {"bucket": "year"}, {"since": "1000", "bucket": "hour"}):
        assert client.get("/v1/calls/stats", query).status_code == 400


def test_it_hides_other_workspaces_and_requires_scope(calls):
    assert world.api(world.chege()).get("/v1/calls/stats").json()["total"] == 0
    assert world.api(calls, scopes=["wallet.read"]).get("/v1/calls/stats").status_code == 403
    assert world.Api().get("/v1/calls/stats").status_code == 401
