import pytest

from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/wallet/balance"


def test_it_works():
    acme = world.acme()
    world.fund(acme, 100_000)
    reply = world.api(acme, scopes=["wallet.read"]).get(PATH)
    assert reply.status_code == 200
    assert reply.json() == {
        "workspace_id": str(acme.id),
        "balance_minor": 100_000,
        "held_minor": 0,
        "available_minor": 100_000,
        "currency": "KES",
        "low_balance_threshold_minor": 0,
    }


def test_a_new_workspace_has_nothing():
    assert world.api(world.acme()).get(PATH).json()["balance_minor"] == 0


def test_the_older_address_also_says_how_the_workspace_is():
    reply = world.api(world.acme()).get("/v1/wallet")
    assert (reply.json()["balance_minor"], reply.json()["status"]) == (0, "active")


def test_live_and_test_money_are_two_wallets():
    acme = world.acme()
    world.fund(acme, 100_000)
    assert world.api(acme, mode="test").get(PATH).json()["balance_minor"] == 0


def test_it_requires_auth():
    assert world.Api().get(PATH).status_code == 401


def test_it_requires_scope():
    reply = world.api(world.acme(), scopes=["calls.read"]).get(PATH)
    assert (reply.status_code, world.code_of(reply)) == (403, "api_key.scope_denied")


def test_it_hides_other_workspaces():
    world.fund(world.acme(), 100_000)
    assert world.api(world.chege()).get(PATH).json()["balance_minor"] == 0
