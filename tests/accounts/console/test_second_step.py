"""The second step: an app that others wrote shows the codes, and every way around it is shut."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import second_step
from accounts.models import SecondStepMiss, User
from accounts.services import second_steps
from kernel import clock
from kernel.models import AuditEntry, Mail
from tests import world
from tests.accounts.console.test_sign_in import ask
from tests.world import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still_clock():
    """Let the code of the app be the same from the page to the form."""
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as travel:
        yield travel


def enrol(browser):
    """Add an authenticator app as a person does; gives the app and the recovery codes."""
    page = browser.get("/settings/security/app").text
    app = pyotp.TOTP(re.search(r'class="mono">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))
    answer = browser.post("/settings/security/app", {"code": app.now()})
    return app, re.findall(r"<li>(\d{4} \d{4})</li>", answer.text)


def arrive(email="amina@acme.example", next_url=""):
    """Open the mail's link in a new browser and press its button."""
    token, _code = ask(Client(), email, next_url)
    browser = Client()
    browser.get(f"/auth/link/{token}")
    return browser, browser.post("/auth/link/confirm")


@pytest.fixture
def enrolled(still_clock):
    browser = world.browser(world.amina()).client
    app, codes = enrol(browser)
    # The code that enrolled the app is spent.
    still_clock.shift(60)
    return browser, app, codes


def test_the_picture_is_an_image_without_scripts_or_styles_of_its_own():
    page = world.browser(world.amina()).client.get("/settings/security/app")
    picture = re.search(r'<img class="qr" src="(data:image/svg[^"]+)"', page.text)[1]
    assert "script" not in picture
    assert "style=" not in page.text
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]


def test_the_app_and_ten_recovery_codes_are_kept_and_the_secret_is_sealed(enrolled):
    browser, app, codes = enrolled
    assert len(set(codes)) == 10
    row = Authenticator.objects.get(type="totp")
    assert app.secret not in str(row.data)
    assert codes[0].replace(" ", "") not in browser.get("/settings/security").text
    assert "10 codes are left" in browser.get("/settings/security").text
    assert AuditEntry.objects.filter(action_kind="second_step.added").exists()
    assert Mail.objects.filter(subject__contains="authenticator app was added").exists()


def test_who_has_used_up_their_codes_is_told(enrolled):
    browser, _app, _codes = enrolled
    Authenticator.objects.filter(type="recovery_codes").delete()
    assert "No code is left" in browser.get("/settings/security").text


def test_a_wrong_first_code_adds_nothing():
    browser = world.browser(world.amina()).client
    browser.get("/settings/security/app")
    answer = browser.post("/settings/security/app", {"code": "000000"})
    assert "not right" in answer.text
    assert not Authenticator.objects.exists()


def test_the_mail_alone_no_longer_signs_in(enrolled):
    _browser, app, _codes = enrolled
    phone, answer = arrive(next_url="/wallet")
    assert answer.url == "/signin/second"
    assert phone.get("/overview").status_code == 302
    # Looking elsewhere gave the try up, as the browser shows nothing of it.
    phone, _answer = arrive(next_url="/wallet")
    assert "authenticator app" in phone.get("/signin/second").text
    done = phone.post("/signin/second", {"code": app.now()})
    assert (done.status_code, done.url) == (302, "/wallet")
    assert phone.get("/overview").status_code == 200


def test_the_api_says_that_a_second_step_is_due(enrolled):
    token, _code = ask(Client())
    api = world.Api()
    answer = api.post("/v1/auth/magic-link/verify", {"token": token})
    facts = answer.json()
    assert (facts.get("status"), facts.get("next")) == ("second_step_required", "/signin/second"), (
        facts
    )
    assert api.get("/v1/auth/session").status_code == 401
    assert api.client.post("/signin/second", {"code": enrolled[1].now()}).status_code == 302
    assert api.get("/v1/auth/session").status_code == 200


def test_a_code_works_once(enrolled):
    _browser, app, _codes = enrolled
    first, _answer = arrive()
    assert first.post("/signin/second", {"code": app.now()}).status_code == 302
    second, _answer = arrive()
    assert "not right" in second.post("/signin/second", {"code": app.now()}).text


def test_a_recovery_code_signs_in_once_and_is_told(enrolled):
    codes = enrolled[2]
    phone, _answer = arrive()
    assert phone.post("/signin/second", {"code": codes[3]}).status_code == 302
    again, _answer = arrive()
    assert "not right" in again.post("/signin/second", {"code": codes[3]}).text
    assert "9 codes are left" in phone.get("/settings/security").text
    assert Mail.objects.filter(subject__contains="recovery code was used").exists()


def test_five_wrong_codes_shut_the_door_for_a_quarter_of_an_hour(enrolled, still_clock):
    app = enrolled[1]
    phone, _answer = arrive()
    for _ in range(5):
        phone.post("/signin/second", {"code": "000000"})
    assert "Too many" in phone.post("/signin/second", {"code": app.now()}).text
    assert AuditEntry.objects.filter(action_kind="second_step.shut").count() == 1
    still_clock.shift(901)
    phone, _answer = arrive()
    assert phone.post("/signin/second", {"code": app.now()}).status_code == 302


def test_a_day_has_twenty_wrong_codes_at_most(enrolled):
    amina, app = User.objects.get(email="amina@acme.example"), enrolled[1]
    for minutes in range(20):
        SecondStepMiss.objects.create(
            user=amina, created_at=clock.now() - timedelta(minutes=60 * minutes + 20)
        )
    phone, _answer = arrive()
    assert "Too many" in phone.post("/signin/second", {"code": app.now()}).text


def test_a_password_is_no_way_around_it(enrolled, still_clock):
    amina = User.objects.get(email="amina@acme.example")
    amina.set_password("a long pass phrase")
    amina.is_staff = amina.is_superuser = True
    amina.save()
    browser = Client()
    login = {"username": amina.email, "password": "a long pass phrase", "next": "/admin/"}
    assert browser.post("/admin/login/", login).status_code == 302
    assert browser.get("/overview").url.startswith("/signin/second")
    assert browser.get("/admin/").url.startswith("/signin/second")
    assert browser.get("/v1/workspace").status_code == 401
    done = browser.post("/signin/second?next=/admin/", {"code": enrolled[1].now()})
    assert done.url == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_operators_need_one_in_production(settings):
    User.objects.create_superuser("ops@sautikit.example", "a long pass phrase")
    browser = Client()
    assert browser.login(username="ops@sautikit.example", password="a long pass phrase")
    assert browser.get("/admin/").status_code == 200
    settings.PRODUCTION = True
    assert browser.get("/admin/").url == "/settings/security?why=operator"
    assert "Operators need a second step" in browser.get("/settings/security?why=operator").text
    enrol(browser)
    assert browser.get("/admin/").status_code == 200


def test_other_browsers_are_signed_out_when_it_is_added():
    amina = world.amina()
    here, there = (world.browser(amina).client for _ in range(2))
    there.get("/overview")
    enrol(here)
    assert there.get("/overview").status_code == 302
    assert here.get("/overview").status_code == 200


def test_taking_it_away_needs_a_fresh_look_at_who_asks(enrolled, still_clock):
    browser, app, _codes = enrolled
    row = Authenticator.objects.get(type="totp")
    still_clock.shift(1200)
    refused = browser.post(f"/settings/security/{row.pk}/remove")
    assert refused.url == "/confirm?next=%2Fsettings%2Fsecurity"
    assert Authenticator.objects.filter(pk=row.pk).exists()
    assert browser.post(refused.url, {"code": app.now()}).url == "/settings/security"
    browser.post(f"/settings/security/{row.pk}/remove")
    # The recovery codes of nothing are nothing.
    assert not Authenticator.objects.exists()
    assert arrive()[1].url == "/overview"


def test_without_one_the_mailbox_confirms(still_clock):
    browser = world.browser(world.amina()).client
    browser.get("/settings/security")
    still_clock.shift(1200)
    asked = browser.get("/settings/security/app")
    assert asked.url == "/confirm?next=%2Fsettings%2Fsecurity%2Fapp"
    assert "Mail a code to amina@acme.example" in browser.get(asked.url).text
    browser.post(asked.url)
    code = re.search(r"\b(\d{3}) ?(\d{3})\b", Mail.objects.latest("created_at").text)
    assert "not right" in browser.post(asked.url, {"code": "000000"}).text
    assert browser.post(asked.url, {"code": code[1] + code[2]}).url == "/settings/security/app"
    assert browser.get("/settings/security/app").status_code == 200


def test_new_codes_end_the_old_ones(enrolled):
    browser, _app, old = enrolled
    new = re.findall(r"<li>(\d{4} \d{4})</li>", browser.post("/settings/security/codes").text)
    assert len(new) == 10
    assert not set(new) & set(old)
    phone, _answer = arrive()
    assert "not right" in phone.post("/signin/second", {"code": old[0]}).text
    assert phone.post("/signin/second", {"code": new[0]}).status_code == 302


def test_an_owner_asks_the_members_who_are_led_to_add_one(enrolled):
    owner, member = enrolled[0], world.browser(world.brian()).client
    assert member.get("/overview").status_code == 200
    owner.post("/settings/security/members", {"wanted": "yes"})
    assert owner.get("/overview").status_code == 200
    assert member.get("/overview").url == "/settings/security"
    assert "Acme Fintech asks its members" in member.get("/settings/security").text
    api = world.Api()
    api.client = member
    assert code_of(api.get("/v1/calls")) == "auth.second_step_required"
    enrol(member)
    assert member.get("/overview").status_code == 200
    assert api.get("/v1/calls").status_code == 200


def test_the_keys_of_programs_go_on_when_members_are_asked(enrolled):
    api = world.api(world.acme())
    enrolled[0].post("/settings/security/members", {"wanted": "yes"})
    assert api.get("/v1/calls").status_code == 200


@pytest.mark.parametrize("role", ["admin", "member"])
def test_only_an_owner_asks_the_members(role):
    browser = world.browser(world.join(world.acme(), world.brian(), role)).client
    assert browser.post("/settings/security/members", {"wanted": "yes"}).status_code == 403
    assert not world.acme().workspace.requires_second_step


def test_an_owner_without_one_asks_nobody():
    browser = world.browser(world.amina()).client
    page = browser.post("/settings/security/members", {"wanted": "yes"}, follow=True)
    assert "second step of your own first" in page.text
    assert not world.acme().workspace.requires_second_step


def test_a_lost_device_is_helped_by_an_operator_in_sight_of_the_workspace(enrolled):
    amina = User.objects.get(email="amina@acme.example")
    second_steps.reset_second_step(amina, actor="operator:1", reason="Passport seen on a call")
    assert not second_step.is_enrolled(amina)
    entry = AuditEntry.objects.get(action_kind="second_step.reset")
    assert (entry.workspace_id, entry.reason) == (world.acme().id, "Passport seen on a call")
    assert arrive()[1].url == "/overview"
