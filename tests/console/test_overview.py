"""The public home and the overview."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from tests import world
from tests.calls import story
from tests.world import Api

pytestmark = pytest.mark.django_db


def visit(user, path, **headers):
    return world.browser(user).client.get(path, headers=headers)


def test_strangers_see_what_it_is_and_what_it_costs():
    page = Api().client.get("/")
    assert page.status_code == 200
    assert "KES 3.00" in page.text
    assert "KES 2.35" in page.text
    assert 'href="/signin"' in page.text


def test_the_policy_of_the_browser_allows_nothing_inline():
    policy = Api().client.get("/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy


def test_a_new_workspace_sees_the_six_steps():
    page = visit(world.amina(), "/overview")
    assert "1/6" in page.text
    assert "/v1/calls" in page.text


def test_the_steps_tick_themselves():
    acme = world.acme()
    world.claim(acme)
    world.api_key(acme)
    page = visit(acme.owner, "/overview")
    assert "3/6" in page.text
    assert world.FIRST_NUMBER in page.text


def test_it_says_how_many_minutes_the_money_buys():
    acme = world.acme()
    world.fund(acme, 100_000)
    page = visit(acme.owner, "/overview")
    assert ">333 " in page.text
    assert "KES\xa01,000.00" in page.text


def test_a_live_call_and_a_failed_one_are_shown():
    acme = world.acme()
    story.end(story.place(acme, [story.OTHER]), sip_code=486)
    story.place(acme)
    page = visit(acme.owner, "/overview")
    assert "+254\xa0712\xa0345\xa0678" in page.text
    assert "Busy" in page.text
    assert "data-lively" in page.text


@pytest.mark.parametrize(
    ("since", "points"), [("24h", 24), ("7d", 7), ("month", None), ("never", 24)]
)
def test_each_range_draws_its_charts_with_a_table_behind_them(since, points):
    acme = world.acme()
    story.end(story.place(acme), sip_code=486)
    page = visit(acme.owner, f"/overview?since={since}")
    assert page.status_code == 200
    assert page.text.count('<figure class="chart"') == 2
    found = page.text.count("data-point=")
    assert found == (points or clock.nairobi_today().day)
    assert page.text.count('class="hit"') == 2 * found


def test_nothing_is_drawn_before_the_first_call():
    page = visit(world.amina(), "/overview")
    assert page.status_code == 200
    assert '<figure class="chart"' not in page.text


def test_it_says_how_many_were_answered_and_what_they_cost():
    acme = world.acme()
    story.end(story.place(acme), sip_code=486)
    for _ in range(2):
        story.end(story.answer(story.place(acme), seconds_ago=47), connected_ms=46_200)
    page = visit(acme.owner, "/overview").text
    assert "67 %" in page
    assert "KES\xa04.70" in page
    row = page.rpartition('data-point="')[2].partition('"')[0]
    assert row.split(",")[1:] == ["2", "1", "0", "470"]


def test_the_library_of_charts_is_loaded_here_only_and_as_it_was_published():
    browser = world.browser(world.amina()).client
    assert "uPlot" in browser.get("/overview").text
    assert "uPlot" not in browser.get("/calls").text
    folder = Path(configured.BASE_DIR) / "static" / "vendor" / "uplot"
    lock = json.loads((folder / "lock.json").read_text())
    for name, digest in lock["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_overview_costs_as_many_queries_full_as_empty(settings):
    settings.CALLS_PER_SECOND = 100
    acme, counts = world.acme(), []
    client = world.browser(acme.owner).client
    for calls in range(2):
        for _ in range(4 * calls):
            story.end(story.place(acme), sip_code=486)
            story.place(acme)
        client.get("/overview")
        with CaptureQueriesContext(connection) as asked:
            client.get("/overview")
        counts.append(len(asked))
    assert abs(counts[1] - counts[0]) <= 1
    assert max(counts) <= 30


def test_chege_sees_nothing_of_acme():
    story.place(world.acme())
    page = visit(world.chege().owner, "/overview")
    assert "712" not in page.text.split("first-call.sh")[0]
    assert "data-lively" not in page.text


def test_a_page_that_is_not_there_says_so():
    page = Api().client.get("/nothing-here")
    assert page.status_code == 404
    assert "nothing at this address" in page.text


def test_the_language_changes_the_words():
    browser = world.browser(world.amina()).client
    browser.post("/i18n/setlang/", {"language": "sw", "next": "/overview"})
    page = browser.get("/overview")
    assert '<html lang="sw">' in page.text
    assert "Mkoba" in page.text
