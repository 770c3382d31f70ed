"""An operator looks into a workspace: reading, for half an hour, seen by the customer."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Impersonation, User
from kernel import clock
from tests import operators, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return world.acme()


@pytest.fixture
def operator():
    return operators.browser()


def begin(operator, where, reason="Asked to look at a call"):
    return operator.post(f"/admin/impersonate/{where.id}", {"reason": reason}, follow=True)


def test_it_asks_why_and_every_page_says_who_is_there(acme, operator):
    assert "change nothing" in operator.get(f"/admin/impersonate/{acme.id}").text
    assert "This field is required" in begin(operator, acme, reason="").text
    page = begin(operator, acme)
    assert page.redirect_chain[-1][0] == "/overview"
    for path in ("/overview", "/calls", "/numbers", "/wallet", "/webhooks", "/settings"):
        page = operator.get(path)
        assert page.status_code == 200, path
        assert "You are an operator reading Acme Fintech." in page.text, path
        assert "Asked to look at a call" in page.text


def test_it_only_reads(acme, operator):
    number = world.claim(acme)
    begin(operator, acme)
    assert operator.post("/settings", {"name": "Mine now"}).status_code == 403
    assert operator.post(f"/numbers/{number.id}/release").status_code == 403
    answer = operator.post(
        "/v1/calls", {"from": number.e164, "to": "+254712345678"},
        content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "accounts.write_denied")
    assert operator.get("/v1/calls").status_code == 200
    acme.workspace.refresh_from_db()
    assert acme.workspace.name == "Acme Fintech"


def test_it_never_hears_recordings(acme, operator):
    begin(operator, acme)
    answer = operator.get(f"/v1/calls/{acme.id}/recording")
    assert answer.json()["error"]["code"] in ("accounts.write_denied", "accounts.admin_required")


def test_the_customer_reads_it_in_their_log(acme, operator):
    begin(operator, acme)
    operator.post("/admin/impersonation/end")
    page = world.browser(acme.owner).get("/settings/audit").text
    assert "workspace.impersonation_started" in page and "workspace.impersonation_ended" in page
    assert "Asked to look at a call" in page


def test_it_ends_by_hand_and_by_the_clock(acme, operator):
    begin(operator, acme)
    left = operator.post("/admin/impersonation/end", follow=True)
    assert left.redirect_chain[-1][0] == f"/admin/story/workspace/{acme.id}"
    assert "You are an operator" not in operator.get("/overview", follow=True).text
    begin(operator, acme)
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=True):
        assert "You are an operator" not in operator.get("/overview", follow=True).text


def test_another_operator_ends_it_at_once(acme, operator):
    begin(operator, acme)
    visit = Impersonation.objects.get()
    said = operators.act(operators.browser("boss"), "end", visit)
    assert "1 ended" in said.text
    assert "You are an operator" not in operator.get("/overview", follow=True).text


def test_a_workspace_of_another_operator_is_left_alone(acme, operator):
    User.objects.filter(pk=world.brian().pk).update(is_staff=True)
    assert "An operator is a member of this workspace" in begin(operator, acme).text
    assert not Impersonation.objects.exists()


def test_who_is_no_operator_any_more_is_out(acme, operator):
    begin(operator, acme)
    User.objects.filter(email="operator@sautikit.example").update(is_staff=False)
    assert "You are an operator" not in operator.get("/overview", follow=True).text


def test_a_customer_cannot_begin_one(acme):
    browser = world.browser(world.chege().owner).client
    assert browser.post(f"/admin/impersonate/{acme.id}", {"reason": "x"}).status_code == 302
    assert not Impersonation.objects.exists()
