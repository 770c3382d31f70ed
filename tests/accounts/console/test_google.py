"""Signing in with Google, met by a certified OpenID provider that others wrote."""

import base64
import json
import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client

from accounts.models import Identity, User
from accounts.services import google
from kernel.models import AuditEntry
from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT
from sautikit_site.embedded import free_port
from sautikit_site.quickstart.client import wait_for
from tests import world

HOME = ROOT / "tests" / "foreign" / "oidc"
REDIRECT = "http://127.0.0.1:8000/signin/google/callback"
FORM = re.compile(r'<form[^>]*action="([^"]+)"')


@pytest.fixture(scope="module")
def issuer():
    port = free_port()
    packages = toolchains.npm_packages(HOME / "package-lock.json")
    module = packages / "node_modules" / "oidc-provider" / "lib" / "index.js"
    node = toolchains.node()
    arguments = [HOME / "provider.mjs", module, str(port), REDIRECT]
    process = subprocess.Popen(
        [*node.command, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"

    def answers():
        try:
            found = httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False)
        except httpx.TransportError:
            return None
        return found.status_code == 200 or None

    wait_for("the identity provider", answers, seconds=60)
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture
def offered(settings, issuer, db):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "sautikit", "not-a-secret-at-all"
    settings.GOOGLE_ISSUER = issuer
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    google._facts.clear()


def elsewhere(address, name):
    """Sign in at the provider as a person does; gives where it sends the browser back."""
    with httpx.Client(trust_env=False, follow_redirects=False) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                target = answer.headers["location"]
                if target.startswith(REDIRECT):
                    return target.removeprefix("http://127.0.0.1:8000")
                answer = browser.get(httpx.URL(address).join(target))
                continue
            action = FORM.search(answer.text)[1]
            asks_name = 'name="login"' in answer.text
            facts = {"prompt": "login", "login": name, "password": "x"}
            facts = facts if asks_name else {"prompt": "consent"}
            answer = browser.post(httpx.URL(address).join(action), data=facts)
    raise AssertionError(f"the provider did not send the browser back: {answer.text[:300]}")


def sign_in(name, next_url=""):
    browser = Client()
    left = browser.get("/signin/google", {"next": next_url})
    return browser, browser.get(elsewhere(left.url, name))


def test_there_is_no_button_unless_it_is_configured(db):
    browser = Client()
    assert "Google" not in browser.get("/signin").text
    assert "not offered here" in browser.get("/signin/google", follow=True).text


def test_a_stranger_gets_an_account_and_lands_on_onboarding(offered):
    assert "Go on with Google" in Client().get("/signin").text
    browser, answer = sign_in("new@elsewhere.example")
    assert answer.url == "/onboarding"
    assert User.objects.get().email == "new@elsewhere.example"
    assert browser.get("/onboarding").status_code == 200


def test_a_member_is_linked_by_the_verified_address_and_lands_where_they_were_going(offered):
    amina = world.amina()
    _browser, answer = sign_in("amina@acme.example", "/wallet")
    assert answer.url == "/wallet"
    assert Identity.objects.get().user_id == amina.id
    assert AuditEntry.objects.filter(action_kind="identity.linked").count() == 1
    sign_in("amina@acme.example")
    assert Identity.objects.count() == 1


def test_an_unverified_address_names_nobody(offered):
    world.amina()
    browser, answer = sign_in("amina@acme.example|unverified")
    assert answer.url == "/signin"
    assert "has not verified" in browser.get("/signin").text
    assert not Identity.objects.exists()
    assert browser.get("/overview").status_code == 302


def test_what_leaves_has_state_nonce_and_a_challenge(offered):
    asked = parse_qs(urlsplit(Client().get("/signin/google").url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43
    assert asked["scope"] == ["openid email profile"]


def test_an_answer_for_another_browser_is_refused(offered):
    back = elsewhere(Client().get("/signin/google").url, "amina@acme.example")
    victim = Client()
    victim.get("/signin/google")
    assert victim.get(back).url == "/signin"
    assert "does not belong to this browser" in victim.get("/signin").text
    assert not User.objects.exists()


def test_an_answer_is_taken_once(offered):
    browser = Client()
    back = elsewhere(browser.get("/signin/google").url, "new@elsewhere.example")
    assert browser.get(back).url == "/onboarding"
    again = Client()
    assert again.get(back).url == "/signin"


def test_a_token_of_another_try_is_refused(offered):
    browser = Client()
    left = browser.get("/signin/google").url
    session = browser.session
    session["google_try"] = {**session["google_try"], "nonce": "of-another-try"}
    session.save()
    assert browser.get(elsewhere(left, "new@elsewhere.example")).url == "/signin"
    assert not User.objects.exists()


def test_a_token_that_somebody_else_signed_is_refused(offered):
    def part(facts):
        return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")

    for algorithm in ("none", "HS256", "RS256"):
        forged = f"{part({'alg': algorithm, 'kid': 'x'})}.{part({'sub': 'a'})}.AAAA"
        with pytest.raises(google.GoogleExchangeFailed):
            google._claims(forged, "n")


def test_the_second_step_is_asked_after_google_too(offered, monkeypatch):
    from accounts.services import second_steps
    from tests.accounts.console.test_second_step import pyotp, second_step

    amina, secret = world.amina(), pyotp.random_base32()
    second_steps.enrol_app(amina, secret=secret, code=pyotp.TOTP(secret).now())
    assert second_step.is_enrolled(amina)
    _browser, answer = sign_in("amina@acme.example")
    assert answer.url == "/signin/second"


def test_google_is_unlinked_from_inside(offered):
    world.amina()
    browser, _answer = sign_in("amina@acme.example")
    assert "Unlink Google" in browser.get("/settings/account").text
    browser.post("/settings/account/google")
    assert not Identity.objects.exists()
