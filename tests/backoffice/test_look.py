"""The back office on a phone and in the dark: nothing is wider than the screen, nothing unreadable."""

import pytest
from playwright.sync_api import Page

from kernel.models import Job
from tests import operators, world
from tests.calls import story
from tests.sandbox.test_browse_phone import fits, shoot
from tests.webhooks import scene
from wallet.services.landing import land

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]
RECEIPT = "UKM8R4XC1P"


@pytest.fixture
def desk(live_server, page: Page, settings):
    settings.CALL_SLICE_SECONDS = 120
    acme = world.acme()
    call = story.answer(story.place(acme), seconds_ago=83)
    story.end(call, connected_ms=83_000)
    story.place(acme)
    scene.endpoint(acme, url="https://hooks.acme.example/a/rather/long/path/for/a/phone")
    scene.emit(acme, call_id=call.id)
    land(receipt_no=RECEIPT, amount_minor=50_000, paid_at=call.started_at, shortcode="409900",
         source="c2b", bill_ref=acme.workspace.mpesa_account_ref)  # fmt: skip
    Job.objects.create(name="numbers.renew_rentals", next_run_at=call.started_at)
    browser = operators.browser()
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    paths = {
        "dashboard": "/admin/",
        "find": "/admin/find?q=UKM8R4XC1R",
        "payment": f"/admin/story/receipt/{RECEIPT}",
        "call": f"/admin/story/call/{call.id}",
        "workspace": f"/admin/story/workspace/{acme.id}",
        "system": "/admin/system",
        "visit": f"/admin/impersonate/{acme.id}",
        "import": "/admin/numbers/inventoryimport/new",
        "calls": "/admin/calls/call/",
        "price": "/admin/calls/rate/add/",
    }
    return page, {name: f"{live_server.url}{path}" for name, path in paths.items()}


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "dark"), (360, "light"), (1280, "dark"), (1280, "light")]
)
def test_every_page_fits(desk, width, scheme):
    page, paths = desk
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name, url in paths.items():
        page.goto(url)
        shoot(page, f"backoffice-{name}-{width}-{scheme}")
        assert fits(page), f"{name} is wider than {width} px"
        assert page.locator("#content").is_visible()
    assert errors == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_a_visit_is_begun_and_left_by_hand(desk, width, scheme, settings, live_server):
    settings.PUBLIC_URL = settings.LIVE_URL = live_server.url
    page, paths = desk
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(paths["visit"])
    page.get_by_label("Why?").fill("Asked to look at a call")
    page.get_by_role("button", name="Look into Acme Fintech").click()
    banner = page.get_by_text("You are an operator reading Acme Fintech.")
    banner.wait_for()
    shoot(page, f"backoffice-banner-{width}-{scheme}")
    assert fits(page)
    page.get_by_role("button", name="Leave this workspace").click()
    page.get_by_text("You left Acme Fintech.").wait_for()
