"""Passkeys in a real browser, whose authenticator is Chromium's own virtual one."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.services import second_steps
from kernel.models import AuditEntry
from tests import world
from tests.accounts.console.test_sign_in import ask
from tests.sandbox.test_browse_phone import fits, shoot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]


@pytest.fixture
def site(live_server, settings):
    """A passkey belongs to a name, which an address of numbers is not."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    settings.PUBLIC_URL = settings.LIVE_URL = url
    settings.CSRF_TRUSTED_ORIGINS = [url]
    return url


@pytest.fixture
def finger(page: Page):
    """Plug a virtual authenticator into the browser, with a finger that is always there."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable", {"enableUI": False})
    kind = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return wire, made["authenticatorId"]


@pytest.fixture
def complaints(page: Page):
    heard = []
    page.on("pageerror", lambda problem: heard.append(str(problem)))
    page.on(
        "console",
        lambda line: heard.append(f"{line.text} {line.location}") if line.type == "error" else None,
    )
    yield heard
    assert [each for each in heard if "favicon" not in each and "/live/" not in each] == []


def open_as(page: Page, site, settings, user):
    cookie = world.browser(user).client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def add(page: Page, site):
    page.goto(f"{site}/settings/security/passkey")
    page.get_by_label("Name").fill("Tecno of Amina")
    page.get_by_role("button", name="Make the passkey").click()


def test_a_passkey_is_made_and_signs_in(site, settings, page: Page, finger, complaints):
    amina = world.amina()
    open_as(page, site, settings, amina)
    page.set_viewport_size({"width": 360, "height": 900})
    add(page, site)
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible(timeout=20_000)
    expect(page.locator(".codes li")).to_have_count(10)
    shoot(page, "recovery-codes-360")
    assert fits(page)
    row = Authenticator.objects.get(type="webauthn")
    assert row.data["name"] == "Tecno of Amina"
    assert AuditEntry.objects.filter(action_kind="second_step.added").count() == 1
    page.context.clear_cookies()
    token, _code = ask(Client())
    page.goto(f"{site}/auth/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    shoot(page, "second-step-360")
    assert fits(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{site}/overview", timeout=20_000)
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_a_passkey_of_another_device_is_refused(site, settings, page: Page, finger):
    wire, authenticator = finger
    open_as(page, site, settings, world.amina())
    add(page, site)
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible(timeout=20_000)
    wire.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})
    page.context.clear_cookies()
    token, _code = ask(Client())
    page.goto(f"{site}/auth/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_text("The passkey did not answer")).to_be_visible(timeout=60_000)
    page.goto(f"{site}/overview")
    expect(page).not_to_have_url(f"{site}/overview")


def test_what_a_passkey_says_is_checked_by_the_server(db):
    amina = world.amina()
    browser = world.browser(amina).client
    for nonsense in ("{}", '"x"', '{"id": "a", "response": {}}', '{"id": 1, "rawId": 2}'):
        page = browser.post("/settings/security/passkey", {"name": "Mine", "credential": nonsense})
        assert page.status_code == 200
    assert not Authenticator.objects.exists()
    assert second_steps.unused_codes(amina) == 0
