"""A person's own account: name, language, theme, and a mail when a new browser signs in."""

import pytest
from django.test import Client

from accounts.models import User
from kernel.models import AuditEntry, Mail
from tests import world
from tests.accounts.console.test_sign_in import ask

pytestmark = pytest.mark.django_db
NEW_BROWSER = "A new browser signed in to your account"
FORM = {"name": "Amina Otieno", "language": "sw", "theme": "dark"}


def sign_in(browser, email="amina@acme.example"):
    token, _code = ask(Client(), email)
    browser.get(f"/auth/link/{token}")
    return browser.post("/auth/link/confirm", headers={"User-Agent": "Firefox/1 Linux"})


def test_the_language_and_theme_follow_the_person_into_every_browser():
    browser = world.browser(world.amina()).client
    browser.post("/settings/account", FORM)
    page = browser.get("/settings/account").text
    assert '<html lang="sw" data-theme="dark">' in page
    phone = Client()
    sign_in(phone)
    assert '<html lang="sw" data-theme="dark">' in phone.get("/settings/account").text
    # The log knows that something changed and nothing that would have to be erased.
    assert AuditEntry.objects.get(action_kind="user.changed").after == {
        "changed": ["language", "theme"]
    }


def test_as_the_browser_asks_is_a_choice_too():
    browser = world.browser(world.amina()).client
    browser.post("/settings/account", FORM)
    browser.post("/settings/account", {**FORM, "language": "", "theme": "auto"})
    assert '<html lang="en">' in browser.get("/settings/account").text


def test_a_wrong_choice_is_refused_and_kept_on_the_page():
    page = world.browser(world.amina()).client.post("/settings/account", {**FORM, "theme": "pink"})
    assert page.status_code == 200
    assert "pink" in page.text
    assert User.objects.get(email="amina@acme.example").theme == "auto"


def test_the_first_browser_is_no_news_and_a_second_is_told():
    world.acme()
    first = Client()
    sign_in(first)
    assert not Mail.objects.filter(subject=NEW_BROWSER).exists()
    sign_in(first)
    assert not Mail.objects.filter(subject=NEW_BROWSER).exists()
    sign_in(Client())
    told = Mail.objects.get(subject=NEW_BROWSER)
    assert "Firefox · Linux" in told.text
    assert "/settings/sessions" in told.text


def test_a_browser_known_to_one_person_is_new_to_another():
    world.acme()
    shared = Client()
    sign_in(shared)
    sign_in(Client(), "brian@acme.example")
    shared.post("/signout")
    sign_in(shared, "brian@acme.example")
    assert Mail.objects.get(subject=NEW_BROWSER).to == "brian@acme.example"


def test_the_mail_speaks_the_language_of_the_person():
    world.acme()
    sign_in(Client())
    User.objects.filter(email="amina@acme.example").update(language="sw")
    sign_in(Client())
    assert Mail.objects.filter(subject="Kivinjari kipya kimeingia kwenye akaunti yako").exists()


def test_somebody_without_a_workspace_has_an_account_too():
    browser = world.browser(world.person("alone@x.example")).client
    for page in ("account", "security", "sessions", "account/delete"):
        assert browser.get(f"/settings/{page}").status_code == 200
