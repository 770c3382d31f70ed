import pytest

from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/wallet/threshold"


@pytest.mark.parametrize("method", ["patch", "put"])
def test_it_works(method):
    api = world.api(world.acme())
    reply = getattr(api, method)(PATH, {"threshold_minor": 50_000})
    assert reply.status_code == 200
    assert reply.json()["low_balance_threshold_minor"] == 50_000
    assert api.get("/v1/wallet/balance").json()["low_balance_threshold_minor"] == 50_000


def test_it_requires_auth():
    assert world.Api().patch(PATH, {"threshold_minor": 1}).status_code == 401


def test_it_requires_scope():
    reply = world.api(world.acme(), scopes=["wallet.read"]).patch(PATH, {"threshold_minor": 1})
    assert reply.status_code == 403


@pytest.mark.parametrize("value", [-1, 1.5, "100", None, True, 2**60])
def test_it_rejects_bad_input(value):
    reply = world.api(world.acme()).patch(PATH, {"threshold_minor": value})
    assert reply.status_code == 400


def test_it_hides_other_workspaces():
    world.api(world.acme()).patch(PATH, {"threshold_minor": 50_000})
    body = world.api(world.chege()).get("/v1/wallet/balance").json()
    assert body["low_balance_threshold_minor"] == 0
