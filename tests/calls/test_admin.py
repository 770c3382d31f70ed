"""Operators stop a workspace with a reason and publish prices as new versions."""

import pytest
from django.test import Client
from django.urls import reverse

import sautikit_site.urls  # noqa: F401  The admin is filled when addresses load.
from accounts.models import User
from calls.models import CallPolicy, DoNotCall, Rate
from kernel.models import AuditEntry
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    User.objects.create_superuser(email="operator@sautikit.example", password="only-for-tests")
    browser = Client()
    assert browser.login(email="operator@sautikit.example", password="only-for-tests")
    return browser


def test_the_kill_switch_asks_for_a_reason_and_ends_the_calls(operator):
    where = world.acme()
    story.place(where)
    address = reverse("admin:calls_kill_switch")
    assert "Stop: end every call" in operator.get(address).text
    facts = {"workspace": str(where.id), "what": "stop"}
    assert operator.post(address, facts).status_code == 200
    assert not CallPolicy.objects.filter(is_stopped=True).exists()

    operator.post(address, facts | {"reason": "stolen key"})
    assert CallPolicy.objects.get(workspace=where.workspace).stop_reason == "stolen key"
    assert [kind for kind, _ in story.orders()] == ["originate", "hangup"]
    assert AuditEntry.objects.get(action_kind="calls.stopped").reason == "stolen key"
    assert "stopped by our operators" in world.browser(where.owner).get("/wallet/limits").text
    operator.post(address, facts | {"what": "resume", "reason": "false alarm"})
    assert not CallPolicy.objects.get(workspace=where.workspace).is_stopped


def test_a_price_is_added_as_a_version_and_has_no_edit_page(operator):
    address = reverse("admin:calls_rate_add")
    facts = {
        "direction": "outbound", "prefix": "+254", "minor_per_minute": "2.80", "currency": "KES",
        "valid_from_0": "2099-01-01", "valid_from_1": "00:00:00", "reason": "new contract",
    }  # fmt: skip
    answer = operator.post(address, facts)
    assert answer.status_code == 302, answer.text
    versions = Rate.objects.filter(prefix="+254").values_list("version", flat=True)
    assert sorted(versions) == [1, 2]
    published = Rate.objects.get(prefix="+254", version=2)
    assert (published.minor_per_minute, published.cost_minor_per_minute) == (280, None)
    answer = operator.post(address, facts | {"valid_from_0": "2020-01-01"})
    assert "cannot begin in the past" in answer.text
    page = reverse("admin:calls_rate_change", args=[Rate.objects.latest("version").pk])
    assert operator.post(page, facts).status_code == 403


def test_a_number_on_everybodys_list_is_added_here(operator):
    address = reverse("admin:calls_donotcall_add")
    answer = operator.post(address, {"e164": story.FRIEND, "mode": "live", "reason": "regulator"})
    assert answer.status_code == 302
    assert DoNotCall.objects.get().workspace is None
