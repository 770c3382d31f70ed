"""Onboarding, settings and API keys as pages."""

import re

import pytest

from accounts import services
from accounts.models import ApiKey, Workspace
from tests import world
from tests.world import Api

pytestmark = pytest.mark.django_db

FORM = {"name": "New Person", "workspace_name": "New Shop", "country": "KE", "currency": "KES"}


def test_pages_ask_strangers_to_sign_in():
    for path in ("/onboarding", "/settings", "/settings/api-keys"):
        answer = Api().client.get(path)
        assert answer.status_code == 302
        assert answer.url.startswith("/signin?next=")


def test_htmx_is_sent_away_as_a_whole_page():
    answer = Api().client.get("/settings", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/signin")


def test_onboarding_opens_a_workspace_and_shows_the_secret_once():
    browser = world.browser(world.person("new@x.example")).client
    assert browser.get("/settings").url == "/onboarding"
    page = browser.post("/onboarding", FORM)
    secret = Workspace.objects.get().signing_secret
    assert secret in page.text
    assert browser.get("/onboarding").status_code == 302
    assert secret not in browser.get("/settings").text


def test_onboarding_says_that_the_currency_is_locked():
    page = world.browser(world.person("new@x.example")).client.get("/onboarding")
    assert "locked" in page.text


def test_an_owner_makes_a_key_and_sees_it_once():
    browser = world.browser(world.amina()).client
    form = {"label": "server", "mode": "live", "expires": "30", "scopes": ["calls.read"]}
    page = browser.post("/settings/api-keys", form)
    secret = re.search(r"tsk_live_\w{38}", page.text).group()
    assert Api(secret).get("/v1/workspace").status_code == 200
    assert secret not in browser.get("/settings/api-keys").text
    key = ApiKey.objects.get()
    assert (key.scopes, (key.expires_at - key.created_at).days) == (["calls.read"], 29)


def test_an_owner_revokes_a_key_of_either_mode():
    acme = world.acme()
    key = world.issue(acme, mode="test").key
    browser = world.browser(acme.owner).client
    answer = browser.post(f"/settings/api-keys/{key.id}/revoke", {"mode": "test"})
    assert answer.status_code == 302
    assert ApiKey.objects.get().revoked_at is not None


def test_a_member_may_not_look_after_keys():
    answer = world.browser(world.brian()).client.get("/settings/api-keys")
    assert answer.status_code == 403
    assert "accounts.admin_required" in answer.text


def test_a_stranger_cannot_revoke_our_key():
    key = world.issue(world.acme()).key
    browser = world.browser(world.chege().owner).client
    assert browser.post(f"/settings/api-keys/{key.id}/revoke").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


def test_a_suspended_workspace_shows_but_does_not_change():
    acme = world.acme()
    services.suspend_workspace(acme.workspace, actor="operator:1", reason="a test")
    browser = world.browser(acme.owner).client
    assert browser.get("/settings").status_code == 200
    assert browser.post("/settings", {"name": "New"}).status_code == 403


def test_the_signing_secret_is_replaced_and_shown_once():
    acme = world.acme()
    browser = world.browser(acme.owner).client
    page = browser.post("/settings/signing-secret")
    secret = Workspace.objects.get(id=acme.id).signing_secret
    assert secret in page.text
    assert secret not in browser.get("/settings").text


def test_switching_goes_to_own_workspaces_and_modes_only():
    acme, duka = world.acme(), world.chege()
    browser = world.browser(acme.owner).client
    assert browser.post("/switch", {"workspace_id": str(duka.id)}).status_code == 403
    world.join(duka, acme.owner, "viewer")
    browser.post("/switch", {"workspace_id": str(duka.id), "mode": "test", "next": "/settings"})
    assert "Duka la Chege" in browser.get("/settings").text
    assert browser.session["mode"] == "test"
