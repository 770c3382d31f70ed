"""The whole way: push over HTTP, a PIN on the simulated phone, the callback over HTTP, the credit."""

import secrets

import pytest

from tests.sandbox.conftest import RunningSandbox
from tests.sandbox.peers import wait_for
from tests.wallet.books import make_wallet
from tests.wallet.daraja import ask, process_all
from wallet.models import MpesaEvent
from wallet.services import access, topups

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with RunningSandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def phone(settings, sandbox, live_server):
    settings.DARAJA_BASE_URL, settings.CALLBACK_URL = sandbox.url, live_server.url
    settings.DARAJA_CONSUMER_KEY, settings.DARAJA_CONSUMER_SECRET = "key", "secret"
    settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "demo-passkey-0001"
    return f"+25471{secrets.randbelow(10**7):07d}"


def heard(count=1):
    wait_for(lambda: MpesaEvent.objects.count() >= count)
    process_all()


def test_a_pin_pays(phone, sandbox):
    wallet = make_wallet()
    topup = ask(wallet, phone_e164=phone)
    topups.push_topup(str(topup.id))
    prompt = sandbox.phone(phone)["mpesa"]["prompt"]
    assert (prompt["amount"], prompt["reference"]) == (500, "TS-48219038")
    sandbox.stk(phone, "pin", id=prompt["id"], pin="1234")
    heard()
    topup.refresh_from_db()
    wallet.refresh_from_db()
    assert (topup.status, wallet.balance_minor) == ("paid", 50_000)
    said = " ".join(str(each) for each in sandbox.phone(phone)["mpesa"]["messages"])
    assert topup.provider_reference in said


@pytest.mark.parametrize(
    ("traps", "reason"),
    [({"auto": "cancel"}, "cancelled"), ({"auto": "wrong_pin"}, "wrong_pin"),
     ({"prompt_seconds": 0.2}, "no_response")],
)  # fmt: skip
def test_what_the_payer_does_is_the_reason(phone, sandbox, traps, reason):
    sandbox.set_traps(phone, **traps)
    topup = ask(make_wallet(), phone_e164=phone)
    topups.push_topup(str(topup.id))
    heard()
    topup.refresh_from_db()
    assert (topup.status, topup.failure_reason) == ("failed", reason)


@pytest.mark.parametrize(
    "traps", [{"callback_before_reply": True, "auto": "pin"}, {"reply_lost": True, "auto": "pin"},
              {"duplicate": 5, "auto": "pin"}]
)  # fmt: skip
def test_every_disorder_ends_in_one_credit(phone, sandbox, traps):
    sandbox.set_traps(phone, **traps)
    wallet = make_wallet()
    topup = ask(wallet, phone_e164=phone)
    topups.push_topup(str(topup.id))
    heard(traps.get("duplicate", 1))
    topup.refresh_from_db()
    wallet.refresh_from_db()
    assert (topup.status, wallet.balance_minor) == ("paid", 50_000)


def test_a_token_that_another_program_replaced_is_fetched_again(phone, sandbox):
    sandbox.set_traps(phone, auto="pin")
    access.SharedTokens(access.our_app()).get()
    sandbox.http.get(
        "/oauth/v1/generate", params={"grant_type": "client_credentials"}, auth=("key", "secret")
    )
    wallet = make_wallet()
    topup = ask(wallet, phone_e164=phone)
    topups.push_topup(str(topup.id))
    heard()
    wallet.refresh_from_db()
    assert wallet.balance_minor == 50_000


def test_a_query_explains_a_push_whose_callback_was_lost(phone, sandbox):
    sandbox.set_traps(phone, lose_callback=True, auto="cancel")
    topup = ask(make_wallet(), phone_e164=phone)
    topups.push_topup(str(topup.id))

    def explained():
        topups.query_topup(str(topup.id))
        topup.refresh_from_db()
        return topup.status == "failed"

    wait_for(explained)
    assert (topup.failure_reason, topup.failure_source) == ("cancelled", "query")
