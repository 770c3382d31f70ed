"""`sautikit login`: a program asks, a person confirms on a page, the program gets one key."""

import re
from datetime import timedelta

import pytest

from accounts import roles, services
from accounts.models import ApiKey, DeviceLogin, Workspace
from kernel import clock
from kernel.models import AuditEntry
from tests import world
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def start(**wishes):
    answer = Api().post("/v1/cli/device-codes", {"client_name": "sautikit on laptop", **wishes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(started):
    body = {"device_code": started["device_code"], "grant_type": GRANT}
    return Api().post("/v1/cli/token", body)


def decide(person, started, action="allow", **chosen):
    where = world.acme()
    form = {"workspace": str(where.id), "mode": "test", "scopes": ["calls.read"], **chosen}
    told = {"code": started["user_code"], "action": action, **form}
    return world.browser(person).client.post("/cli", told)


def test_a_person_lets_a_command_line_in_and_it_gets_one_key():
    started = start()
    assert re.fullmatch(
        r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", started["user_code"]
    )
    assert started["verification_uri_complete"].endswith(f"/cli?code={started['user_code']}")
    assert code_of(ask(started)) == "cli.authorization_pending"
    page = world.browser(world.amina()).client.get(f"/cli?code={started['user_code'].lower()}")
    assert started["user_code"] in page.text
    assert "sautikit on laptop" in page.text
    done = decide(world.amina(), started, scopes=["calls.read", "calls.write"])
    assert "You are signed in" in done.text
    reply = ask(started)
    got = reply.json()
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert got["access_token"].startswith("tsk_test_")
    assert (got["token_type"], got["scope"]) == ("bearer", "calls.read calls.write")
    assert 89 * 86_400 < got["expires_in"] <= 90 * 86_400
    session = Api(got["access_token"]).get("/v1/auth/session").json()
    assert (session["mode"], session["scopes"]) == ("test", ["calls.read", "calls.write"])
    assert got["workspace"]["id"] == session["workspace_id"] == str(world.acme().id)
    again = ask(started)
    assert (again.status_code, code_of(again)) == (400, "cli.invalid_grant")
    assert ApiKey.objects.count() == 1


def test_neither_code_is_stored_and_the_decision_is_in_the_audit_log():
    started = start(mode="live")
    decide(world.amina(), started, mode="live")
    row = DeviceLogin.objects.get()
    kept = " ".join(str(value) for value in vars(row).values())
    assert started["device_code"] not in kept
    assert started["user_code"].replace("-", "") not in kept
    entry = AuditEntry.objects.get(action_kind="cli.login_approved")
    assert (entry.actor, entry.workspace_id) == (f"user:{world.amina().id}", world.acme().id)
    assert entry.after["client"] == "sautikit on laptop"
    assert entry.after["mode"] == "live"
    ask(started)
    assert AuditEntry.objects.filter(action_kind="api_key.created").count() == 1


def test_who_asks_too_often_waits_longer():
    started = start()
    assert code_of(ask(started)) == "cli.authorization_pending"
    assert code_of(ask(started)) == "cli.slow_down"
    assert DeviceLogin.objects.get().interval_seconds == started["interval"] + 5
    # What was asked in time is answered, however often it was early before.
    DeviceLogin.objects.update(polled_at=clock.now() - timedelta(minutes=1))
    assert code_of(ask(started)) == "cli.authorization_pending"


def test_a_person_turns_it_away():
    started = start()
    assert "turned away" in decide(world.amina(), started, "deny").text
    assert code_of(ask(started)) == "cli.access_denied"
    assert AuditEntry.objects.filter(action_kind="cli.login_denied").count() == 1
    assert decide(world.amina(), started).status_code == 404


@pytest.mark.parametrize("is_approved", [False, True])
def test_codes_grow_old(is_approved):
    started = start()
    if is_approved:
        decide(world.amina(), started)
    DeviceLogin.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert code_of(ask(started)) == "cli.expired_token"
    assert decide(world.amina(), started).status_code == 404
    assert not ApiKey.objects.exists()


def test_only_who_may_make_keys_lets_it_in():
    started = start()
    page = world.browser(world.brian()).client.get(f"/cli?code={started['user_code']}")
    assert "needs the admin or owner role" in page.text
    assert decide(world.brian(), started).status_code == 200
    assert decide(world.chege().owner, started).status_code == 200
    assert DeviceLogin.objects.get().status == "pending"
    world.join(world.acme(), world.brian(), "admin")
    assert "You are signed in" in decide(world.brian(), started).text


def test_who_lost_the_right_meanwhile_gives_no_key():
    started = start()
    world.join(world.acme(), world.brian(), "admin")
    decide(world.brian(), started)
    world.join(world.acme(), world.brian(), "member")
    assert code_of(ask(started)) == "cli.access_denied"
    assert not ApiKey.objects.exists()
    world.join(world.acme(), world.brian(), "admin")
    services.suspend_workspace(world.acme().workspace, actor="operator:1", reason="tests")
    assert code_of(ask(started)) == "account.suspended"


def test_a_suspended_workspace_lets_nobody_in():
    started = start()
    services.suspend_workspace(world.acme().workspace, actor="operator:1", reason="tests")
    answer = decide(world.amina(), started)
    assert (answer.status_code, "account.suspended" in answer.text) == (403, True)


def test_a_workspace_that_asks_for_a_second_step_asks_for_it_here_too():
    started = start()
    world.acme()
    Workspace.objects.update(requires_second_step=True)
    answer = decide(world.amina(), started)
    assert (answer.status_code, answer.url) == (302, "/settings/security")
    assert DeviceLogin.objects.get().status == "pending"


def test_the_page_proposes_what_was_asked_for():
    asked = start(mode="live", scopes=["calls.read", "wallet.read"])
    page = world.browser(world.amina()).client.get(f"/cli?code={asked['user_code']}")
    assert len(re.findall(r'name="scopes"[^>]*checked', page.text)) == 2
    assert re.search(r'value="live" selected', page.text)
    usual = world.browser(world.amina()).client.get(f"/cli?code={start()['user_code']}").text
    checked = len(re.findall(r'name="scopes"[^>]*checked', usual))
    assert checked == len(roles.SCOPES) - len(roles.WITHHELD_FROM_KEYS)
    assert "Choose at least one" in decide(world.amina(), asked, scopes=[]).text


def test_a_wrong_code_says_so_and_cannot_be_guessed():
    browser = world.browser(world.amina()).client
    assert "eight letters" in browser.get("/cli").text
    answers = [browser.get("/cli?code=BBBB-BBBB") for _ in range(31)]
    assert [it.status_code for it in answers] == [404] * 30 + [429]
    assert "No command line waits with this code" in answers[0].text


def test_strangers_are_asked_to_sign_in_and_come_back():
    answer = Api().client.get("/cli?code=BCDF-GHJK")
    assert answer.status_code == 302
    assert answer.url == "/signin?next=%2Fcli%3Fcode%3DBCDF-GHJK"


def test_starting_is_limited_and_checked(settings):
    settings.DEVICE_LOGINS_PER_IP = 3
    wrong = Api().post("/v1/cli/device-codes", {"scopes": ["calls.fly"]})
    assert (wrong.status_code, code_of(wrong)) == (400, "api_key.scope_invalid")
    assert Api().post("/v1/cli/device-codes", {"mode": "both"}).status_code == 400
    for _ in range(2):
        start()
    assert Api().post("/v1/cli/device-codes").status_code == 429
    assert code_of(Api().post("/v1/cli/token", {"device_code": "x"})) == "cli.invalid_grant"


def test_signing_out_revokes_the_key_of_a_login_and_no_other():
    started = start()
    decide(world.amina(), started)
    key = Api(ask(started).json()["access_token"])
    assert key.post("/v1/cli/logout").status_code == 204
    assert code_of(key.post("/v1/cli/logout")) == "api_key.revoked"
    assert code_of(world.api(world.acme()).post("/v1/cli/logout")) == "cli.not_a_login"
    assert code_of(world.browser(world.amina()).post("/v1/cli/logout")) == "cli.not_a_login"


def test_what_became_of_nothing_is_forgotten():
    used, unused = start(), start()
    decide(world.amina(), used)
    ask(used)
    DeviceLogin.objects.update(expires_at=clock.now() - timedelta(days=2))
    assert services.forget_sign_ins() == 1
    assert DeviceLogin.objects.get().api_key_id is not None
    assert code_of(ask(unused)) == "cli.invalid_grant"


@pytest.mark.django_db(transaction=True)
def test_of_many_that_ask_at_once_one_gets_the_key():
    started = start()
    decide(world.amina(), started)
    got = world.together(6, lambda _: ask(started).status_code)
    assert sorted(got) == [200] + [400] * 5
    assert ApiKey.objects.count() == 1
