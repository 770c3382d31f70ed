"""The console in a real browser, wide and narrow: palette by keyboard, charts, views, a long export."""

import threading

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from calls.desk_models import Export, SavedView
from calls.services import exports
from tests import world
from tests.calls import story
from tests.console.test_call_desk import copies

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]
WIDTHS = (1280, 360)
expect.set_options(timeout=15_000)


@pytest.fixture(params=WIDTHS)
def console(request, live_server, page: Page, settings, tmp_path):
    """A signed-in browser; whatever it complains of fails the test."""
    settings.PUBLIC_URL = settings.LIVE_URL = live_server.url
    settings.VAR_DIR = tmp_path
    settings.CALLS_PER_SECOND = 100
    cookie = world.browser(world.amina()).client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if is_ours(line) else None)
    page.set_viewport_size({"width": request.param, "height": 800})
    page.root = live_server.url
    yield page
    assert complaints == []


def is_ours(line):
    # This server has no live streams.
    return line.type == "error" and "/live/workspace" not in line.location["url"]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_palette_is_worked_by_keys_alone(console):
    call = story.place(world.acme())
    console.goto(f"{console.root}/overview")
    console.keyboard.press("Control+k")
    field = console.get_by_role("combobox", name="Go to a page")
    expect(field).to_be_focused()
    lines = console.get_by_role("option")
    expect(lines.first).to_have_attribute("aria-selected", "true")
    console.keyboard.press("ArrowDown")
    second = lines.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    console.keyboard.press("ArrowUp")
    console.keyboard.press("ArrowUp")
    expect(lines.last).to_have_attribute("aria-selected", "true")
    assert fits(console)
    console.keyboard.type(call.session_id)
    expect(lines).to_have_count(1)
    console.keyboard.press("Enter")
    expect(console).to_have_url(f"{console.root}/calls/{call.id}")
    console.get_by_role("button", name="Commands").click()
    expect(console.get_by_role("combobox")).to_be_focused()
    console.keyboard.press("Escape")
    expect(console.get_by_role("dialog")).to_have_count(0)


def test_the_overview_draws_its_charts_and_keeps_the_range(console):
    story.end(story.answer(story.place(world.acme()), seconds_ago=47), connected_ms=46_200)
    console.goto(f"{console.root}/overview")
    expect(console.locator(".chart canvas")).to_have_count(2)
    expect(console.get_by_text("100 %")).to_be_visible()
    console.get_by_role("link", name="7 days").click()
    expect(console).to_have_url(f"{console.root}/overview?since=7d")
    expect(console.locator(".chart canvas")).to_have_count(2)
    console.get_by_text("Show the figures as a table").click()
    expect(console.locator("[data-point]")).to_have_count(7)
    assert fits(console)


def test_the_open_tab_of_the_settings_is_seen(console):
    console.goto(f"{console.root}/settings/audit")
    expect(console.get_by_role("link", name="Audit log")).to_be_in_viewport(ratio=0.9)
    assert fits(console)


def test_a_view_is_saved_removed_and_had_back(console):
    story.end(story.place(world.acme()), sip_code=486)
    console.goto(f"{console.root}/calls?status=failed")
    console.get_by_text("Save this view").click()
    console.get_by_label("Name of the view").fill("Missed")
    console.get_by_role("button", name="Save", exact=True).click()
    expect(console.get_by_role("link", name="Missed")).to_have_attribute("aria-current", "true")
    console.get_by_text("Edit view").click()
    console.get_by_role("button", name="Remove the view").click()
    expect(console.get_by_text("was removed")).to_be_visible()
    console.get_by_role("button", name="Undo").click()
    expect(console.get_by_role("link", name="Missed")).to_be_visible()
    assert SavedView.objects.get().removed_at is None
    assert fits(console)


def test_an_export_grows_before_the_eyes_and_is_downloaded(console, monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 100)
    monkeypatch.setattr(exports, "TURN_PAGES", 1)
    copies(story.end(story.place(world.acme()), sip_code=486), 250)
    console.goto(f"{console.root}/calls")
    console.get_by_role("button", name="Export as CSV").click()
    expect(console.get_by_role("progressbar")).to_have_attribute("value", "0")
    export = Export.objects.get()
    in_a_thread(lambda: exports.write_export(export.id))
    expect(console.get_by_role("progressbar")).to_have_attribute("value", "39")
    assert fits(console)
    in_a_thread(lambda: [exports.write_export(export.id) for _ in range(3)])
    link = console.get_by_role("link", name="Download CSV")
    expect(link).to_be_visible()
    with console.expect_download() as coming:
        link.click()
    assert coming.value.path().read_text().count("\n") == 252


def in_a_thread(act):
    """Do what a worker does: beside the browser, on a connection of its own."""

    def run():
        act()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
