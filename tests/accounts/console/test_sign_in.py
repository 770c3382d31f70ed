"""The pages of signing in: the link is inert until its button is pressed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import MagicLink, User
from kernel import clock
from tests import world
from tests.accounts.test_sign_in import last_mail

pytestmark = pytest.mark.django_db


def ask(browser, email="amina@acme.example", next_url=""):
    answer = browser.post("/signin", {"email": email, "next": next_url})
    assert (answer.status_code, answer.url) == (302, "/signin/sent")
    return last_mail()


def test_a_stranger_signs_in_from_another_browser_and_lands_on_onboarding():
    token, _ = ask(Client())
    phone = Client()
    page = phone.get(f"/auth/link/{token}", follow=True)
    assert page.redirect_chain == [("/auth/link/confirm", 302)]
    assert "amina@acme.example" in page.text
    answer = phone.post("/auth/link/confirm")
    assert (answer.status_code, answer.url) == (302, "/onboarding")
    assert User.objects.get().email == "amina@acme.example"


def test_a_member_lands_where_they_were_going():
    world.acme()
    token, _ = ask(Client(), next_url="/wallet?tab=1")
    browser = Client()
    browser.get(f"/auth/link/{token}")
    assert browser.post("/auth/link/confirm").url == "/wallet?tab=1"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_sign_in_never_leads_to_another_site(where):
    world.acme()
    token, _ = ask(Client(), next_url=where)
    browser = Client()
    browser.get(f"/auth/link/{token}")
    assert browser.post("/auth/link/confirm").url == "/overview"


def test_scanners_that_fetch_the_link_burn_nothing():
    token, _ = ask(Client())
    for _ in range(3):
        scanner = Client()
        assert scanner.head(f"/auth/link/{token}", follow=True).status_code == 200
        assert scanner.get(f"/auth/link/{token}/", follow=True).status_code == 200
    assert MagicLink.objects.get().consumed_at is None
    assert not User.objects.exists()
    browser = Client()
    browser.get(f"/auth/link/{token}")
    assert browser.post("/auth/link/confirm").status_code == 302


def test_the_link_keeps_its_token_from_referrers_and_caches():
    token, _ = ask(Client())
    browser = Client()
    answers = [browser.get(f"/auth/link/{token}"), browser.get("/auth/link/confirm")]
    for answer in answers:
        # With "no-referrer" a browser would post the button's form with `Origin: null`.
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]
    assert token not in answers[0].url
    assert token not in answers[1].text


def test_pressing_the_button_needs_the_form_token():
    token, _ = ask(Client())
    browser = Client(enforce_csrf_checks=True)
    browser.get(f"/auth/link/{token}", follow=True)
    assert browser.post("/auth/link/confirm").status_code == 403
    assert MagicLink.objects.get().consumed_at is None


def test_a_spent_link_is_gone():
    token, _ = ask(Client())
    for expected in (302, 410):
        browser = Client()
        browser.get(f"/auth/link/{token}")
        assert browser.post("/auth/link/confirm").status_code == expected
    assert Client().get(f"/auth/link/{token}", follow=True).status_code == 410


def test_a_late_link_is_gone():
    token, _ = ask(Client())
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        browser = Client()
        assert browser.get(f"/auth/link/{token}", follow=True).status_code == 410
        assert browser.post("/auth/link/confirm").status_code == 410
    assert not User.objects.exists()


def test_the_code_signs_in_where_it_was_asked_for():
    browser = Client()
    _, code = ask(browser)
    refused = browser.post("/signin/sent", {"code": "12"})
    assert refused.status_code == 200
    answer = browser.post("/signin/sent", {"code": f" {code[:3]} {code[3:]}"})
    assert (answer.status_code, answer.url) == (302, "/onboarding")


def test_the_session_gets_a_new_key_when_somebody_signs_in():
    browser = Client()
    _, code = ask(browser)
    before = browser.cookies["sk_session"].value
    browser.post("/signin/sent", {"code": code})
    assert browser.cookies["sk_session"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_sixth_request_of_an_hour_is_told_to_wait():
    for _ in range(5):
        ask(Client())
    answer = Client().post("/signin", {"email": "amina@acme.example"})
    assert answer.status_code == 429
    assert re.search(r"Too many requests", answer.text)


def test_a_session_ends_after_twelve_idle_hours():
    browser = world.browser(world.amina()).client
    assert browser.get("/settings").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=11)):
        assert browser.get("/settings").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=22)):
        assert browser.get("/settings").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=35)):
        assert browser.get("/settings").status_code == 302


def test_a_session_ends_after_thirty_days_however_busy():
    browser = world.browser(world.amina()).client
    browser.get("/settings")
    session = browser.session
    session["signed_in_at"] -= 30 * 24 * 3600 + 1
    session.save()
    answer = browser.get("/settings")
    assert (answer.status_code, answer.url) == (302, "/signin?next=%2Fsettings")


def test_signing_out_ends_the_session():
    browser = world.browser(world.amina()).client
    assert browser.post("/signout").status_code == 302
    assert browser.get("/settings").status_code == 302


def test_nothing_of_the_sign_in_library_is_mounted():
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        assert Client().get(path).status_code == 404
