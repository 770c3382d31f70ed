"""GET and PUT /v1/storage/tier."""

import pytest

from calls.models import StoragePlan
from tests import world
from tests.world import Api
from wallet import services

pytestmark = pytest.mark.django_db
PATH = "/v1/storage/tier"


def fund(tenant):
    services.credit(
        workspace_id=tenant.id, mode="live", net_minor=1_000_000, vat_minor=0, kind="adjustment",
        key="fund", description="",
    )  # fmt: skip


def test_it_works():
    acme = world.acme()
    fund(acme)
    api = world.api(acme)
    before = api.get(PATH).json()
    assert (before["tier_gb"], before["used_bytes"], before["effective_at"]) == (5, 0, None)
    assert [tier["tier_gb"] for tier in before["tiers"]] == [5, 10, 25, 50, 100, 250]
    answer = api.put(PATH, {"tier_gb": 50})
    assert answer.status_code == 200
    after = answer.json()
    assert (after["tier_gb"], after["monthly_price_minor"], after["monthly_vat_minor"]) == (
        50, 9000, 1440,
    )  # fmt: skip
    offer = next(tier for tier in before["tiers"] if tier["tier_gb"] == 50)
    row = api.get("/v1/wallet/statements?kind=storage").json()["data"][0]
    assert row["net_minor"] == offer["switch_net_minor"]
    assert row["vat_minor"] == offer["switch_vat_minor"]


def test_it_requires_auth():
    assert Api().get(PATH).status_code == 401
    assert Api().put(PATH, {"tier_gb": 10}).status_code == 401


def test_it_requires_scope():
    acme = world.acme()
    reader = Api(world.issue(acme, scopes=["recordings.read"]).secret)
    assert reader.get(PATH).status_code == 200
    assert reader.put(PATH, {"tier_gb": 10}).status_code == 403
    assert Api(world.issue(acme, scopes=["wallet.read"]).secret).get(PATH).status_code == 403


def test_it_hides_other_workspaces():
    acme = world.acme()
    fund(acme)
    world.api(acme).put(PATH, {"tier_gb": 10})
    assert world.api(world.chege()).get(PATH).json()["tier_gb"] == 5


@pytest.mark.parametrize("body", [{}, {"tier_gb": 7}, {"tier_gb": "all"}, {"tier_gb": None}])
def test_it_rejects_bad_input(body):
    answer = world.api(world.acme()).put(PATH, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"][0]["path"] == "tier_gb"


def test_an_empty_wallet_answers_402_and_nothing_changes():
    acme = world.acme()
    answer = world.api(acme).put(PATH, {"tier_gb": 10})
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        402, "wallet.insufficient_balance",
    )  # fmt: skip
    assert not StoragePlan.objects.exists()


def test_the_page_shows_the_sum_before_it_is_paid():
    acme = world.acme()
    fund(acme)
    browser = world.browser(acme.owner).client
    page = browser.get("/settings/storage?tier=50").text
    assert "Upgrade to 50 GB" in page
    assert "Balance after" in page
    assert browser.post("/settings/storage", {"tier": "50"}).status_code == 302
    assert "Your storage holds 50 GB now" in browser.get("/settings/storage").text
    assert "not refunded" in browser.get("/settings/storage?tier=5").text


def test_a_member_sees_the_storage_and_cannot_change_it():
    page = world.browser(world.brian()).client
    assert page.get("/settings/storage").status_code == 200
    assert page.post("/settings/storage", {"tier": "10"}).status_code == 403
