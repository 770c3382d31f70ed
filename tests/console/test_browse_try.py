"""Try it in a real browser: programs that follow the typing, a document mended, keys pressed."""

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.console.test_browse_console import fits, is_ours

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]
LOOKS = ((1280, "light"), (360, "dark"))


@pytest.fixture
def visit(live_server, page: Page, settings):
    """A signed-in browser of a workspace with money and a number; its complaints fail the test."""
    settings.PUBLIC_URL = settings.LIVE_URL = live_server.url
    acme = world.acme()
    world.fund(acme, 100_000)
    world.claim(acme)
    cookie = world.browser(acme.owner).client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if is_ours(line) else None)
    yield lambda path: page.goto(f"{live_server.url}{path}")
    assert complaints == []


def test_calls_and_documents_are_tried_wide_and_narrow(visit, page):
    # All on one page of one workspace: a browser and a database of their own cost seconds.
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        visit("/try")
        the_programs_follow_the_typing_in_every_language(page)
        visit("/try/document")
        a_document_is_judged_mended_and_rehearsed(page)
        visit("/try/document?example=notice")
        name = f"Payment notice {width}"
        kept = a_document_is_kept(page, name)
        visit("/try/document")
        the_kept_document_is_opened(page, name, kept)


def the_programs_follow_the_typing_in_every_language(page):
    page.get_by_label("To", exact=True).press_sequentially("0722 000 111")
    code = page.locator("#try-code")
    for language in ("curl", "Node.js", "Python", "PHP", "Go"):
        page.get_by_role("tab", name=language).click()
        expect(code.locator("pre:visible")).to_contain_text("+254722000111")
    assert fits(page)
    page.get_by_role("button", name="Place the call").click()
    expect(page.locator("#try-progress")).to_contain_text("Ringing")
    assert fits(page)


def a_document_is_judged_mended_and_rehearsed(page):
    text = page.get_by_label("Voice document, JSON or XML")
    expect(page.locator("[data-lines]")).to_contain_text("13")
    text.fill(text.input_value().replace('"text": "We', '"txt": "We'))
    verdict = page.locator("#try-verdict")
    expect(verdict).to_contain_text("Did you mean")
    assert fits(page)
    verdict.get_by_role("button", name="Line 11").click()
    assert "We did not get that" in page.evaluate("getSelection().toString()")
    verdict.get_by_role("button", name="Write it as it was probably meant").click()
    expect(verdict).to_contain_text("It runs: 2 actions.")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_text("Your turn", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Hear it")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="1", exact=True).click()
    expect(page.get_by_role("button", name="They answer")).to_be_visible()
    page.get_by_role("button", name="Busy").click()
    page.get_by_role("button", name="Speak for so many seconds").click()
    expect(page.get_by_text("The call is over.")).to_be_visible()
    assert fits(page)


def a_document_is_kept(page, name):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Keep under this name").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    return page.get_by_label("Voice document, JSON or XML").input_value()


def the_kept_document_is_opened(page, name, kept):
    text = page.get_by_label("Voice document, JSON or XML")
    assert "Malipo yako" in kept
    expect(text).not_to_have_value(kept)
    page.get_by_label("Or with a document you kept").select_option(name)
    page.get_by_role("button", name="Open").click()
    expect(text).to_have_value(kept)
