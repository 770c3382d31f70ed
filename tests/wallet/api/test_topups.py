import uuid

import pytest

from tests import world
from tests.wallet.daraja import deliver, paid, process_all, result
from wallet.models import TopUp

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/topups"
BODY = {
    "provider": "mpesa",
    "amount_minor": 100_000,
    "currency": "KES",
    "phone_e164": "+254712345678",
}


def test_it_works(script):
    acme = world.acme()
    api = world.api(acme)
    reply = api.post(PATH, BODY)
    assert reply.status_code == 202
    body = reply.json()
    assert body["status"] == "pending"
    assert body["mpesa_account_ref"] == acme.workspace.mpesa_account_ref
    assert body["mpesa_paybill"] == "409900"
    topup = TopUp.objects.get(id=body["topup_id"])
    deliver(topup, paid(topup))
    process_all()
    shown = api.get(f"{PATH}/{topup.id}").json()
    assert (shown["status"], shown["provider_reference"]) == ("confirmed", "UKM7Q2ZB4T")
    assert api.get("/v1/wallet/balance").json()["balance_minor"] == 100_000


def test_a_failure_says_why_and_when_to_try_again(script):
    api = world.api(world.acme())
    topup = TopUp.objects.get(id=api.post(PATH, BODY).json()["topup_id"])
    deliver(topup, result(topup, 1))
    process_all()
    shown = api.get(f"{PATH}/{topup.id}").json()
    assert (shown["status"], shown["failure_reason"]) == ("failed", "insufficient_funds")
    assert 55 <= shown["retry_after_s"] <= 60


def test_nothing_that_helps_a_forger_is_told(script):
    api = world.api(world.acme())
    topup = TopUp.objects.get(id=api.post(PATH, BODY).json()["topup_id"])
    TopUp.objects.filter(id=topup.id).update(
        checkout_request_id="ws_CO_1", merchant_request_id="mm"
    )
    said = api.get(f"{PATH}/{topup.id}").content.decode()
    for secret in ("ws_CO_1", "mm", topup.callback_token_sha256, "/h/"):
        assert secret not in said


def test_a_test_key_confirms_at_once(script):
    api = world.api(world.acme(), mode="test")
    assert api.post(PATH, BODY).json()["status"] == "confirmed"
    assert api.get("/v1/wallet/balance").json()["balance_minor"] == 100_000
    assert script.asked == []


def test_it_requires_auth(script):
    assert world.Api().post(PATH, BODY).status_code == 401
    assert world.Api().get(f"{PATH}/{uuid.uuid4()}").status_code == 401


def test_it_requires_scope(script):
    reply = world.api(world.acme(), scopes=["wallet.read"]).post(PATH, BODY)
    assert (reply.status_code, world.code_of(reply)) == (403, "api_key.scope_denied")


def test_it_hides_other_workspaces(script):
    topup_id = world.api(world.acme()).post(PATH, BODY).json()["topup_id"]
    reply = world.api(world.chege()).get(f"{PATH}/{topup_id}")
    assert (reply.status_code, world.code_of(reply)) == (404, "topups.not_found")
    assert world.api(world.acme(), mode="test").get(f"{PATH}/{topup_id}").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount_minor": 0}, 400, "wallet.invalid_amount"),
        ({"amount_minor": -100}, 400, "wallet.invalid_amount"),
        ({"amount_minor": 100.0}, 400, "wallet.invalid_amount"),
        ({"amount_minor": "100000"}, 400, "wallet.invalid_amount"),
        ({"amount_minor": 150}, 400, "wallet.invalid_amount"),
        ({"amount_minor": None}, 400, "validation.bad_request"),
        ({"currency": "USD"}, 400, "wallet.currency_mismatch"),
        ({"phone_e164": "12"}, 400, "validation.bad_request"),
        ({"provider": "card"}, 400, "validation.bad_request"),
    ],
)
def test_it_rejects_bad_input(script, change, status, code):
    reply = world.api(world.acme()).post(PATH, BODY | change)
    assert (reply.status_code, world.code_of(reply)) == (status, code)


def test_a_second_prompt_within_a_minute_waits(script):
    api = world.api(world.acme())
    api.post(PATH, BODY)
    reply = api.post(PATH, BODY)
    assert (reply.status_code, world.code_of(reply)) == (429, "rate_limited")
    assert 1 <= int(reply["Retry-After"]) <= 120


def test_it_replays_an_idempotent_retry(script):
    api = world.api(world.acme())
    first = api.post(PATH, BODY, key="one")
    again = api.post(PATH, BODY, key="one")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again["Idempotent-Replay"] == "true"
    assert TopUp.objects.count() == 1
    other = api.post(PATH, BODY | {"amount_minor": 200_000}, key="one")
    assert (other.status_code, world.code_of(other)) == (409, "idempotency.conflict")
