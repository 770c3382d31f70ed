"""Workspaces: what onboarding makes and what the database itself refuses."""

import pytest
from django.db import DatabaseError, transaction

from accounts import services
from accounts.errors import AlreadyOnboarded, CurrencyUnsupported
from accounts.models import User, Workspace
from kernel.models import AuditEntry
from tests import world
from wallet import queries as wallet_queries

pytestmark = pytest.mark.django_db


def test_onboarding_makes_a_workspace_an_owner_and_two_empty_wallets():
    done = services.onboard(
        user=world.person("new@x.example"),
        name="New Person",
        workspace_name="Café Nairobi",
        country="KE",
        currency="KES",
    )
    assert done.membership.role == "owner"
    assert done.workspace.slug == "cafe-nairobi"
    assert done.workspace.mpesa_account_ref.startswith("TS-")
    assert done.signing_secret.startswith("whsec_")
    for mode in ("live", "test"):
        assert wallet_queries.balance(done.workspace.id, mode).balance_minor == 0
    assert AuditEntry.objects.get(action_kind="workspace.created").workspace_id == done.workspace.id


def test_two_workspaces_of_one_name_get_two_slugs():
    one = world.tenant("one@x.example", "One", "Same Name")
    two = world.tenant("two@x.example", "Two", "Same Name")
    assert one.workspace.slug != two.workspace.slug


def test_onboarding_twice_is_refused():
    tenant = world.acme()
    with pytest.raises(AlreadyOnboarded):
        services.onboard(
            user=tenant.owner, name="A", workspace_name="B", country="KE", currency="KES"
        )


@pytest.mark.parametrize(("country", "currency"), [("KE", "USD"), ("UG", "KES"), ("UG", "UGX")])
def test_only_kenyan_shillings_in_kenya_are_possible(country, currency):
    with pytest.raises(CurrencyUnsupported):
        services.onboard(
            user=world.person("far@x.example"),
            name="F",
            workspace_name="Far",
            country=country,
            currency=currency,
        )
    assert not Workspace.objects.exists()


def test_the_database_refuses_another_currency():
    workspace = world.acme().workspace
    with pytest.raises(DatabaseError, match="currency"), transaction.atomic():
        Workspace.objects.filter(id=workspace.id).update(currency="USD")
    Workspace.objects.filter(id=workspace.id).update(currency="KES", name="Renamed")


def test_the_database_refuses_an_address_with_capitals():
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create(email="Amina@x.example")


def test_suspending_is_recorded_once():
    workspace = world.acme().workspace
    assert services.suspend_workspace(workspace, actor="operator:1", reason="policy")
    assert not services.suspend_workspace(workspace, actor="operator:1")
    assert AuditEntry.objects.filter(action_kind="workspace.suspended").count() == 1
    assert services.resume_workspace(workspace, actor="operator:1", reason="paid")
