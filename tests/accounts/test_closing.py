"""Closing a workspace: what it held goes back, what was booked stays."""

import pytest

from accounts.errors import Suspended
from accounts.models import ApiKey, Workspace
from accounts.ports import CLOSE_CALLS, CLOSE_NUMBERS
from accounts.services import closing, suspend_workspace
from kernel import work
from kernel.models import AuditEntry, Mail, Work
from numbers.models import Number
from tests import world
from tests.wallet.books import assert_books_are_right
from tests.world import code_of
from wallet import queries

pytestmark = pytest.mark.django_db
TYPED = {"typed": "Acme Fintech"}


def run(name):
    for row in Work.objects.filter(name=name):
        work.kinds()[name].handler(row.ref)


def test_an_owner_types_the_name_and_all_of_it_ends():
    acme = world.acme()
    api, key = world.api(acme), ApiKey.objects.get()
    number = world.claim(acme)
    before = queries.balance(acme.id, "live").balance_minor
    browser = world.browser(acme.owner).client
    assert "KES" in browser.get("/settings/close").text
    assert "not what is written" in browser.post("/settings/close", {"typed": "acme"}).text
    assert browser.post("/settings/close", TYPED).url == "/settings"
    for name in (CLOSE_CALLS, CLOSE_NUMBERS):
        run(name)
    assert Workspace.objects.get(id=acme.id).status == "closed"
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert code_of(api.get("/v1/calls")) == "api_key.revoked"
    assert Number.objects.get(id=number.id).status == "released"
    # The unused days come back; nothing else moved.
    assert queries.balance(acme.id, "live").balance_minor > before
    assert_books_are_right()


def test_what_was_booked_can_still_be_read_and_nothing_be_changed():
    acme = world.acme()
    closing.close_workspace(acme.workspace, actor="tests")
    browser = world.browser(acme.owner)
    assert browser.get("/wallet").status_code == 200
    assert browser.client.post("/settings", {"name": "Other"}).status_code == 403
    assert code_of(browser.post("/v1/calls", {})) == "account.closed"
    assert "Paid recording storage" not in browser.get("/settings/close").text


def test_the_owners_are_told_and_the_log_knows_the_balance():
    acme = world.acme()
    world.fund(acme, 12_300)
    closing.close_workspace(acme.workspace, actor="tests")
    assert (
        "KES 123.00" in Mail.objects.get(to="amina@acme.example", subject__contains="closed").text
    )
    entry = AuditEntry.objects.get(action_kind="workspace.closed")
    assert entry.after["balance_minor"] == 12_300


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_only_an_owner_closes(role):
    browser = world.browser(world.join(world.acme(), world.brian(), role)).client
    assert browser.post("/settings/close", TYPED).status_code == 403
    assert not world.acme().workspace.is_closed


def test_what_an_operator_suspended_is_not_closed_behind_their_back():
    acme = world.acme()
    suspend_workspace(acme.workspace, actor="tests", reason="Fraud is looked at")
    with pytest.raises(Suspended):
        closing.close_workspace(acme.workspace, actor="tests")


def test_a_closed_workspace_keeps_nobody_from_leaving():
    acme = world.acme()
    closing.close_workspace(acme.workspace, actor="tests")
    browser = world.browser(acme.owner).client
    assert "in seven days" in browser.get("/settings/account/delete").text
