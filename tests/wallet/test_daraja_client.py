"""The client against a far end that misbehaves in every way we know."""

import pytest

from kernel import http
from tests.wallet.daraja import ACCEPTED, HANG_UP, error
from wallet.mpesa.classify import Verdict
from wallet.mpesa.client import App, Daraja
from wallet.services import access

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(script):
    app = access.our_app()
    return Daraja(app, access.SharedTokens(app), sleep=lambda _seconds: None)


def push(client):
    return client.stk_push(
        msisdn="254712345678",
        shillings=500,
        reference="TS-48219038",
        callback_url="https://pay.example.co.ke/h/0/s",
    )


def test_a_push_says_all_that_daraja_wants(client, script):
    answer = push(client)
    assert answer.outcome.verdict is Verdict.ACCEPTED
    assert answer.checkout_request_id == "ws_CO_22112026154235118712345678"
    (sent,) = script.bodies("processrequest")
    assert sent.pop("Timestamp") and sent.pop("Password")
    assert sent == {
        "BusinessShortCode": 409900,
        "TransactionType": "CustomerPayBillOnline",
        "Amount": 500,
        "PartyA": 254712345678,
        "PartyB": 409900,
        "PhoneNumber": 254712345678,
        "CallBackURL": "https://pay.example.co.ke/h/0/s",
        "AccountReference": "TS-48219038",
        "TransactionDesc": "Wallet top-up",
    }


def test_one_token_serves_many_pushes(client, script):
    for _ in range(3):
        push(client)
    assert script.tokens == 1


def test_a_stale_token_is_replaced_once_and_the_push_sent_again(client, script):
    script.on("processrequest", error(404, "404.001.03", "Invalid Access Token"), ACCEPTED)
    assert push(client).outcome.verdict is Verdict.ACCEPTED
    assert script.tokens == 2
    assert len(script.bodies("processrequest")) == 2


def test_a_token_that_stays_refused_is_our_set_up(client, script):
    script.on("processrequest", error(404, "404.001.03", "Invalid Access Token"))
    outcome = push(client).outcome
    assert (outcome.verdict, outcome.reason, outcome.is_alarm) == (
        Verdict.REFUSED,
        "setup_error",
        True,
    )
    assert len(script.bodies("processrequest")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        (200, HANG_UP),
        error(500, "500.001.1001"),
        error(500, "500.003.1001", "Internal Server Error"),
        (200, "<html>sorry</html>"),
        (502, ""),
        (200, "[]"),
    ],
)
def test_what_may_have_been_acted_on_is_never_sent_again(client, script, answer):
    script.on("processrequest", answer)
    assert push(client).outcome.verdict is Verdict.UNKNOWN
    assert len(script.bodies("processrequest")) == 1


def test_a_throttled_push_is_sent_again_at_most_twice(client, script):
    script.on("processrequest", error(500, "500.003.02", "System is busy"))
    assert push(client).outcome.reason == "provider_busy"
    assert len(script.bodies("processrequest")) == 3


def test_bad_credentials_answer_with_an_empty_body(client, script):
    script.on("oauth", (400, ""))
    outcome = push(client).outcome
    assert (outcome.reason, outcome.is_alarm) == ("setup_error", True)
    assert script.bodies("processrequest") == []


def test_a_daraja_that_is_away_was_not_asked(script):
    app = App("http://127.0.0.1:1", "key", "secret", "409900", "passkey")
    client = Daraja(app, access.SharedTokens(app), sleep=lambda _seconds: None)
    outcome = push(client).outcome
    assert (outcome.verdict, outcome.reason) == (Verdict.REFUSED, "provider_busy")


def test_a_query_that_breaks_off_says_nothing(client, script):
    script.on("stkpushquery", (200, HANG_UP))
    assert client.stk_query("ws_CO_1").outcome.verdict is Verdict.PENDING


def test_a_query_looks_at_the_result_and_not_at_the_response_code(client, script):
    script.on("stkpushquery", (200, {"ResponseCode": "0", "ResultCode": "1032"}))
    assert client.stk_query("ws_CO_1").outcome.reason == "cancelled"


def test_nothing_secret_is_in_a_failure_or_a_representation(script):
    assert "secret" not in repr(access.our_app())
    assert "passkey" not in repr(access.our_app())
    assert not hasattr(http.HttpFailed("x", sent=True), "body")
