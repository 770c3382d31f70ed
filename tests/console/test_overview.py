"""The public home and the overview."""

import pytest

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


@pytest.mark.parametrize("since", ["today", "7d", "month", "never"])
def test_each_range_draws_a_chart(since):
    page = visit(world.amina(), f"/overview?since={since}")
    assert page.status_code == 200
    assert "<svg" in page.text


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
