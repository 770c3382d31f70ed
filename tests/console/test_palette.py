"""The command palette: what it finds, for whom, and that nothing of it is loaded before."""

import re

import pytest

from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def look(query="", user=None):
    return world.browser(user or world.amina()).client.get(f"/palette{query}").text


def targets(text):
    return re.findall(r'data-href="([^"]+)"', text)


def test_it_opens_with_actions_and_pages():
    page = look()
    assert 'role="combobox"' in page
    assert {"/wallet/topup", "/calls", "/settings/audit"} <= set(targets(page))


def test_words_narrow_it_in_both_languages():
    browser = world.browser(world.amina()).client
    assert targets(browser.get("/palette?q=overview").text)[0] == "/overview"
    browser.post("/i18n/setlang/", {"language": "sw", "next": "/overview"})
    assert "/wallet" in targets(browser.get("/palette?q=mkoba").text)
    assert "/wallet" in targets(browser.get("/palette?q=wallet").text)


def test_a_number_of_ours_is_found_as_it_is_typed():
    number = world.claim(world.acme())
    assert f"/numbers/{number.id}" in targets(look("?q=0200 000"))
    assert f"/numbers/{number.id}" not in targets(look("?q=0200", world.chege().owner))


@pytest.mark.parametrize("by", ["id", "session_id", "remote_e164"])
def test_a_call_is_found_by_its_id_its_session_and_its_number(by):
    call = story.place(world.acme())
    words = str(getattr(call, by)).lstrip("+")
    assert f"/calls/{call.id}" in targets(look(f"?q={words}"))
    assert f"/calls/{call.id}" not in targets(look(f"?q={words}", world.chege().owner))


def test_nothing_says_what_to_do_next():
    page = look("?q=zzzz")
    assert targets(page) == []
    assert "search all calls" in page


def test_a_viewer_is_not_led_to_what_a_viewer_may_not():
    viewer = world.join(world.acme(), world.person("vera@acme.example"), "viewer")
    assert not {"/wallet/topup", "/settings/api-keys"} & set(targets(look("", viewer))[:6])


def test_a_page_names_the_script_but_does_not_load_it():
    page = world.browser(world.amina()).client.get("/overview").text
    assert 'data-palette="/static/js/palette.js' in page
    assert '<script src="/static/js/palette.js' not in page
