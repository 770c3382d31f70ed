"""The operators' pages open, change what they may and leave a trace."""

import pytest
from django.test import Client

from accounts.models import ApiKey, User, Workspace
from kernel.models import AuditEntry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    User.objects.create_superuser("ops@sautikit.example", "a long pass phrase")
    browser = Client()
    assert browser.login(username="OPS@sautikit.example", password="a long pass phrase")
    return browser


def test_every_list_and_row_opens(operator):
    acme = world.acme()
    key, number = world.issue(acme).key, world.claim(acme)
    rows = {
        "accounts/user": acme.owner.id,
        "accounts/workspace": acme.id,
        "accounts/apikey": key.id,
        "numbers/inventory": number.inventory_id,
        "numbers/number": number.id,
    }
    for model, row in rows.items():
        assert operator.get(f"/admin/{model}/").status_code == 200
        page = operator.get(f"/admin/{model}/{row}/change/")
        assert page.status_code == 200
        assert key.digest not in page.text


def act(operator, model, action, row):
    form = {"action": action, "_selected_action": [str(row.pk)], "reason": "ticket 4711"}
    assert operator.post(f"/admin/{model}/", form).status_code == 302
    return AuditEntry.objects.order_by("-created_at", "-id").first()


def test_suspending_and_resuming_leave_a_trace(operator):
    acme = world.acme()
    entry = act(operator, "accounts/workspace", "suspend", acme.workspace)
    assert (entry.action_kind, entry.workspace_id) == ("workspace.suspended", acme.id)
    assert entry.actor.startswith("operator:")
    assert Workspace.objects.get(id=acme.id).is_suspended
    assert act(operator, "accounts/workspace", "resume", acme.workspace).action_kind == (
        "workspace.resumed"
    )


def test_revoking_a_key_leaves_a_trace(operator):
    key = world.issue(world.acme()).key
    assert act(operator, "accounts/apikey", "revoke", key).action_kind == "api_key.revoked"
    assert ApiKey.objects.get().revoked_at is not None


def test_changing_a_person_leaves_a_trace(operator):
    user = world.person("someone@x.example", "Some One")
    form = {
        "email": user.email, "name": "Renamed", "is_active": "on", "reason": "ticket 4711",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert operator.post(f"/admin/accounts/user/{user.id}/change/", form).status_code == 302
    assert User.objects.get(id=user.id).name == "Renamed"
    assert AuditEntry.objects.get(action_kind="user.updated").after == {"name": "Renamed"}


def test_customers_have_no_business_there():
    browser = world.browser(world.amina()).client
    assert browser.get("/admin/accounts/user/").status_code == 302
