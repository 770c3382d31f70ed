"""POST /v1/numbers/claim and its two older spellings."""

import pytest

from calls.services import publish_rate
from kernel import clock
from numbers import queries
from numbers.models import Inventory, Number
from tests import world
from tests.world import Api, code_of
from wallet.models import Posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    made = world.acme()
    world.offer()
    world.fund(made, 20_000)
    return made


def test_it_works(acme):
    row = queries.available("live").get()
    quote = queries.quote(row)
    body = {"inventory_id": str(row.id), "voice_callback_url": "https://acme.example/voice"}
    answer = world.api(acme).post("/v1/numbers/claim", body)
    number = answer.json()
    assert answer.status_code == 201
    assert (number["e164"], number["status"]) == ("+254200000000", "active")
    assert number["voice_callback_url"] == "https://acme.example/voice"
    assert (number["monthly_price_minor"], number["monthly_retail_minor"]) == (10_000, 10_000)
    assert number["charge"] == {
        "net_minor": quote.net_minor,
        "vat_minor": quote.vat_minor,
        "balance_after_minor": 20_000 - quote.gross_minor,
    }
    assert number["id"] == str(Number.objects.get().id) != str(row.id)


def test_it_takes_the_number_itself(acme):
    answer = world.api(acme).post("/v1/numbers/claim", {"e164": "+254200000000"})
    assert answer.status_code == 201


def test_the_older_spellings_work(acme):
    first = world.offer("+254200000001")
    second = world.offer("+254200000002")
    api = world.api(acme)
    inside = api.post("/v1/numbers/available/claim", {"inventory_id": str(first.id)})
    assert (inside.status_code, inside.json()["number"]["e164"]) == (201, "+254200000001")
    bare = api.post(f"/v1/numbers/{second.id}/claim", "")
    assert (bare.status_code, bare.json()["e164"]) == (201, "+254200000002")


def test_it_requires_auth(acme):
    assert Api().post("/v1/numbers/claim", {"e164": "+254200000000"}).status_code == 401


def test_it_requires_scope(acme):
    answer = world.api(acme, scopes=["numbers.read"]).post(
        "/v1/numbers/claim", {"e164": "+254200000000"}
    )
    assert (answer.status_code, code_of(answer)) == (403, "api_key.scope_denied")


def test_it_refuses_what_others_hold(acme):
    world.claim(world.chege())
    answer = world.api(acme).post("/v1/numbers/claim", {"e164": "+254200000000"})
    assert (answer.status_code, code_of(answer)) == (409, "numbers.already_claimed")
    assert not Posting.objects.filter(workspace_id=acme.id, kind="rental").exists()


def test_it_refuses_an_empty_wallet(acme):
    answer = world.api(acme, mode="test").post("/v1/numbers/claim", {"e164": "+254200000000"})
    assert (answer.status_code, code_of(answer)) == (402, "wallet.insufficient_balance")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation.bad_request"),
        ({"inventory_id": "x"}, 400, "validation.bad_request"),
        ({"e164": "+254700000000"}, 404, "numbers.not_found"),
        ({"inventory_id": "01900000-0000-7000-8000-000000000000"}, 404, "numbers.not_found"),
        ({"e164": "+254200000000", "events_url": "ftp://x"}, 400, "validation.bad_request"),
        (
            {"e164": "+254200000000", "events_url": "http://x.example"},
            400,
            "validation.bad_request",
        ),
        (
            {"e164": "+254200000000", "events_url": "https://10.0.0.1/"},
            400,
            "validation.bad_request",
        ),
        ([], 400, "validation.bad_request"),
    ],
)
def test_it_rejects_bad_input(acme, body, status, code):
    answer = world.api(acme).post("/v1/numbers/claim", body)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert not Number.objects.exists()


def test_it_replays_an_idempotent_retry(acme):
    api = world.api(acme)
    body = {"e164": "+254200000000"}
    first = api.post("/v1/numbers/claim", body, key="one")
    again = api.post("/v1/numbers/claim", body, key="one")
    assert again.headers["Idempotent-Replay"] == "true"
    assert (again.status_code, again.json()) == (201, first.json())
    other = api.post("/v1/numbers/claim", {"e164": "+254200000001"}, key="one")
    assert (other.status_code, code_of(other)) == (409, "idempotency.conflict")
    assert Posting.objects.filter(kind="rental").count() == 1


def test_after_a_402_the_same_key_claims_once_the_money_is_there(acme):
    api = world.api(acme, mode="test")
    body = {"e164": "+254200000000"}
    assert api.post("/v1/numbers/claim", body, key="one").status_code == 402
    world.fund(acme, 20_000, "test")
    assert api.post("/v1/numbers/claim", body, key="one").status_code == 201


def test_the_inventory_says_what_a_claim_costs_today(acme):
    row = world.api(acme).get("/v1/numbers/available").json()["available"][0]
    quote = queries.quote(queries.available("live").get(), clock.nairobi_today())
    assert row["quote"]["net_minor"] == quote.net_minor
    assert row["id"] == row["inventory_id"]
    assert (row["monthly_price_minor"], row["outbound_per_min_minor"]) == (10_000, 300)
    assert (row["inbound_per_min_minor"], row["currency"], row["capabilities"]) == (
        0, "KES", ["voice"],
    )  # fmt: skip


def test_every_page_and_object_says_the_price_that_a_call_is_charged():
    where = world.acme()
    row = world.offer()
    Inventory.objects.filter(id=row.id).update(outbound_per_min_minor=1, inbound_per_min_minor=7)
    publish_rate(
        prefix="+254", direction="outbound", minor_per_minute=270, currency="KES",
        valid_from=clock.now(), workspace_id=where.id, actor="test",
    )  # fmt: skip
    browser = world.browser(where.owner)
    (offer,) = browser.get("/v1/numbers/available").json()["available"]
    assert (offer["outbound_per_min_minor"], offer["inbound_per_min_minor"]) == (270, 0)
    page = browser.client.get("/numbers/available").text
    number = world.claim(where)
    held = browser.get(f"/v1/numbers/{number.id}").json()
    assert (held["outbound_per_min_minor"], held["inbound_per_min_minor"]) == (270, 0)
    assert browser.get("/v1/numbers").json()["numbers"][0]["outbound_per_min_minor"] == 270
    for text in (page, browser.client.get(f"/numbers/{number.id}").text):
        assert "KES\xa02.70" in text
        assert "KES\xa00.01" not in text
