"""The Daraja simulator, driven by two libraries that somebody else wrote, and by hand."""

import base64
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from mpesa import MpesaClient
from mpesa.exceptions import AuthenticationError, MpesaError
from mpesakit.auth import TokenManager
from mpesakit.http_client import MpesaHttpClient
from mpesakit.mpesa_express import StkPush
from mpesakit.mpesa_express.schemas import (
    StkPushQueryRequest,
    StkPushSimulateCallback,
    StkPushSimulateRequest,
)

from tests.sandbox.peers import Callbacks, Sandbox, receiving_callbacks, wait_for

PASSKEY = "demo-passkey-0001"
SHORTCODE = "409900"
PATH = "/mpesa/stkpush/v1/processrequest"
QUERY = "/mpesa/stkpushquery/v1/query"


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    with receiving_callbacks() as kept:
        yield kept


_last_phone = 254790000000


@pytest.fixture
def phone(worker_id: str) -> str:
    """A phone that no other test uses."""
    global _last_phone
    _last_phone += 1
    return f"+{_last_phone}"


@pytest.fixture(autouse=True)
def nairobi_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both libraries take the wall clock's zone, which is a mistake anywhere but in Kenya."""
    monkeypatch.setenv("TZ", "Africa/Nairobi")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Till:
    """Our own hand-written client, for what a library would not send."""

    def __init__(self, sandbox: Sandbox, callback_url: str) -> None:
        self.sandbox, self.callback_url = sandbox, callback_url
        self.token = self.take_token().json()["access_token"]

    def take_token(self, key: str = "key", secret: str = "secret") -> httpx.Response:
        parameters = {"grant_type": "client_credentials"}
        return self.sandbox.http.get("/oauth/v1/generate", params=parameters, auth=(key, secret))

    def signed(self, **fields: object) -> dict[str, object]:
        timestamp = f"{datetime.now(UTC) + timedelta(hours=3):%Y%m%d%H%M%S}"
        password = base64.b64encode(f"{SHORTCODE}{PASSKEY}{timestamp}".encode()).decode()
        body = {"BusinessShortCode": SHORTCODE, "Password": password, "Timestamp": timestamp}
        return {**body, **fields}

    def push_body(self, phone: str, amount: object = 1500, **changed: object) -> dict[str, object]:
        fields = {
            "TransactionType": "CustomerPayBillOnline",
            "Amount": amount,
            "PartyA": phone[1:],
            "PartyB": SHORTCODE,
            "PhoneNumber": phone[1:],
            "CallBackURL": self.callback_url,
            "AccountReference": "TS-48219038",
            "TransactionDesc": "Wallet top-up",
        }
        return self.signed(**{**fields, **changed})

    def post(self, path: str, body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.sandbox.http.post(path, json=body, headers=headers)

    def push(self, phone: str, amount: object = 1500, **changed: object) -> httpx.Response:
        return self.post(PATH, self.push_body(phone, amount, **changed))

    def query(self, checkout_id: str) -> httpx.Response:
        return self.post(QUERY, self.signed(CheckoutRequestID=checkout_id))


@pytest.fixture
def till(daraja: Sandbox, callbacks: Callbacks) -> Till:
    return Till(daraja, callbacks.url)


def result_of(body: bytes) -> dict:
    return json.loads(body)["Body"]["stkCallback"]


def test_daraja_v3_completes_token_push_and_query(
    daraja: Sandbox, callbacks: Callbacks, phone: str
) -> None:
    client = MpesaClient("key", "secret", SHORTCODE, PASSKEY, base_url=daraja.url)
    pushed = client.stk_push(phone, 1500, "TS-48219038", "Top-up", callbacks.url)
    assert client.stk_query(pushed.checkout_request_id).result_code == "4999"
    assert daraja.phone(phone)["mpesa"]["prompt"] == {
        "id": pushed.checkout_request_id,
        "business": "SAUTIKIT",
        "amount": 1500,
        "reference": "TS-48219038",
    }
    daraja.stk(phone, "pin", pin="1234").raise_for_status()
    callbacks.wait()
    assert client.stk_query(pushed.checkout_request_id).is_paid


def test_mpesakit_completes_token_push_query_and_reads_the_callback(
    daraja: Sandbox, callbacks: Callbacks, phone: str
) -> None:
    http = MpesaHttpClient()
    http.base_url = daraja.url
    tokens = TokenManager(consumer_key="key", consumer_secret="secret", http_client=http)
    express = StkPush(http_client=http, token_manager=tokens)
    pushed = express.push(
        StkPushSimulateRequest(
            BusinessShortCode=int(SHORTCODE),
            Passkey=PASSKEY,
            TransactionType="CustomerPayBillOnline",
            Amount=250,
            PartyA=phone[1:],
            PartyB=SHORTCODE,
            PhoneNumber=phone[1:],
            CallBackURL=callbacks.url,
            AccountReference="TS-48219038",
            TransactionDesc="Top-up",
        )
    )
    assert pushed.is_successful()
    daraja.stk(phone, "pin", pin="1234").raise_for_status()
    callback = StkPushSimulateCallback(**json.loads(callbacks.wait()[0]))
    assert callback.is_successful
    assert callback.amount == 250
    assert callback.phone_number == phone[1:]
    assert callback.balance is None
    assert re.fullmatch(r"[A-Z0-9]{10}", callback.mpesa_receipt_number or "")
    asked = express.query(
        StkPushQueryRequest(
            BusinessShortCode=int(SHORTCODE),
            Passkey=PASSKEY,
            CheckoutRequestID=pushed.CheckoutRequestID,
        )
    )
    assert str(asked.ResultCode) == "0"


def test_a_new_token_kills_the_older_one(till: Till, phone: str) -> None:
    old = till.token
    reply = till.take_token().json()
    assert reply["expires_in"] == "3599"
    assert len(reply["access_token"]) == 28
    refused = till.push(phone)
    assert till.token == old
    assert (refused.status_code, refused.json()["errorCode"]) == (404, "404.001.03")
    assert set(refused.json()) == {"requestId", "errorCode", "errorMessage"}
    till.token = reply["access_token"]
    assert till.push(phone).status_code == 200


def test_bad_credentials_get_an_empty_body(daraja: Sandbox, till: Till) -> None:
    refused = till.take_token(secret="guess")
    assert (refused.status_code, refused.content) == (400, b"")
    with pytest.raises(AuthenticationError):
        MpesaClient("key", "guess", SHORTCODE, PASSKEY, base_url=daraja.url).stk_query("x")


def test_the_callback_is_shaped_to_the_byte(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    pushed = till.push(phone, 1500).json()
    assert re.fullmatch(rf"ws_CO_\d{{14}}\d{{3}}{phone[4:]}", pushed["CheckoutRequestID"])
    daraja.stk(phone, "pin", pin="1234")
    body = callbacks.wait()[0]
    assert b'{"Name": "Amount", "Value": 1500.00}' in body
    result = result_of(body)
    items = result["CallbackMetadata"]["Item"]
    names = [item["Name"] for item in items]
    assert names == ["Amount", "MpesaReceiptNumber", "Balance", "TransactionDate", "PhoneNumber"]
    assert "Value" not in items[2]
    paid_at = datetime.strptime(str(items[3]["Value"]), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert abs(paid_at - timedelta(hours=3) - datetime.now(UTC)) < timedelta(seconds=30)
    assert items[4]["Value"] == int(phone[1:])
    assert (result["ResultCode"], result["CheckoutRequestID"]) == (0, pushed["CheckoutRequestID"])
    assert callbacks.headers[0]["Content-Type"] == "application/json;charset=UTF-8"
    assert callbacks.headers[0]["BusinessShortCode"] == SHORTCODE


@pytest.mark.parametrize(
    ("action", "pin", "code"), [("cancel", "", 1032), ("pin", "9999", 2001), ("ignore", "", 1037)]
)
def test_a_push_that_is_not_paid_says_why(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str, action, pin, code
) -> None:
    daraja.set_traps(phone, prompt_seconds=2)
    pushed = till.push(phone).json()
    daraja.stk(phone, action, pin=pin).raise_for_status()
    assert daraja.phone(phone)["mpesa"]["prompt"] is None
    result = result_of(callbacks.wait()[0])
    assert result["ResultCode"] == code
    assert "CallbackMetadata" not in result
    asked = till.query(pushed["CheckoutRequestID"]).json()
    assert (asked["ResponseCode"], asked["ResultCode"]) == ("0", str(code))


def test_a_prompt_nobody_answers_times_out(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, prompt_seconds=1)
    till.push(phone)
    assert result_of(callbacks.wait()[0])["ResultCode"] == 1037
    assert daraja.stk(phone, "pin", pin="1234").status_code == 409


def test_a_poor_phone_cannot_pay(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.http.post(f"/phones/{phone}/mpesa", json={"balance_minor": 149_99}).raise_for_status()
    till.push(phone, 150)
    daraja.stk(phone, "pin", pin="1234")
    assert result_of(callbacks.wait()[0])["ResultCode"] == 1
    assert daraja.phone(phone)["mpesa"]["balance_minor"] == 149_99


def test_paying_lowers_the_balance_and_leaves_a_message(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    before = daraja.phone(phone)["mpesa"]["balance_minor"]
    till.push(phone, 150)
    daraja.stk(phone, "pin", pin="1234")
    receipt = result_of(callbacks.wait()[0])["CallbackMetadata"]["Item"][1]["Value"]
    after = daraja.phone(phone)["mpesa"]
    assert after["balance_minor"] == before - 150_00
    assert after["messages"][0]["text"].startswith(f"{receipt} Confirmed. Ksh150.00 sent to")


def test_a_phone_with_an_open_prompt_is_locked(till: Till, phone: str) -> None:
    till.push(phone)
    refused = till.push(phone)
    assert refused.status_code == 500
    assert refused.json()["errorCode"] == "500.001.1001"
    assert "Unable to lock subscriber" in refused.json()["errorMessage"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("Amount", 1500.5, "Amount"),
        ("Amount", "1500.00", "Amount"),
        ("Amount", 0, "Amount"),
        ("Amount", 250_001, "Amount"),
        ("PhoneNumber", "0712345678", "PhoneNumber"),
        ("PhoneNumber", "254200000001", "PhoneNumber"),
        ("CallBackURL", "http://pay.example.co.ke/s", "CallBackURL"),
        ("CallBackURL", "https://Pay.example.co.ke/s", "CallBackURL"),
        ("CallBackURL", "https://pay.example.co.ke/mpesa", "CallBackURL"),
        ("CallBackURL", "https://pay.example.co.ke/a b", "CallBackURL"),
        ("AccountReference", "TS-4821-9038-1", "AccountReference"),
        ("TransactionDesc", None, "Remarks"),
        ("TransactionType", "Pay", "TransactionType"),
        ("Timestamp", "2026", "Timestamp"),
        ("BusinessShortCode", "", "BusinessShortCode"),
    ],
)
def test_a_wrong_field_is_named(till: Till, phone: str, field, value, message) -> None:
    refused = till.push(phone, **{field: value})
    assert refused.status_code == 400
    assert refused.json()["errorCode"] == "400.002.02"
    assert refused.json()["errorMessage"] == f"Bad Request - Invalid {message}"


def test_a_number_of_the_new_ranges_is_prompted(till: Till) -> None:
    assert till.push("+254140000001").status_code == 200


def test_a_timestamp_of_another_zone_is_wrong_credentials(till: Till, phone: str) -> None:
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    password = base64.b64encode(f"{SHORTCODE}{PASSKEY}{stamp}".encode()).decode()
    refused = till.push(phone, Timestamp=stamp, Password=password)
    assert (refused.status_code, refused.json()["errorMessage"]) == (500, "Wrong credentials")


def test_a_password_of_another_second_is_wrong_credentials(till: Till, phone: str) -> None:
    refused = till.push(phone, Password="NDA5OTAw")
    assert refused.json()["errorMessage"] == "Wrong credentials"


def test_another_shortcode_is_no_merchant(till: Till, phone: str) -> None:
    refused = till.push(phone, BusinessShortCode="174379")
    assert refused.json()["errorMessage"] == "Merchant does not exist"


def test_another_party_b_fails_after_it_was_accepted(
    till: Till, callbacks: Callbacks, phone: str
) -> None:
    assert till.push(phone, PartyB="600000").json()["ResponseCode"] == "0"
    assert result_of(callbacks.wait()[0])["ResultCode"] == 2028


def test_an_unknown_path_method_or_body_is_refused_in_darajas_words(till: Till) -> None:
    assert till.post("/mpesa/b2c/v9", {}).json()["errorCode"] == "404.001.01"
    assert till.sandbox.http.get(PATH).json()["errorCode"] == "405.001"
    assert till.post(PATH, [1]).json()["errorCode"] == "400.002.05"


def test_a_query_in_flight_has_two_shapes(till: Till, daraja: Sandbox, phone: str) -> None:
    pushed = till.push(phone).json()["CheckoutRequestID"]
    waiting = till.query(pushed)
    assert (waiting.status_code, waiting.json()["ResultCode"]) == (200, "4999")
    daraja.stk(phone, "pin", pin="1234")
    working = till.query(pushed)
    assert (working.status_code, working.json()["errorCode"]) == (500, "500.001.1001")


def test_a_query_for_an_unknown_push_is_no_answer(daraja: Sandbox) -> None:
    client = MpesaClient("key", "secret", SHORTCODE, PASSKEY, base_url=daraja.url)
    with pytest.raises(MpesaError, match="does not exist"):
        client.stk_query("ws_CO_0")


def test_the_same_callback_can_come_many_times(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, duplicate=20, auto="pin")
    till.push(phone)
    assert len(set(callbacks.wait(20))) == 1


def test_the_callback_can_come_before_the_reply(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, callback_before_reply=True)
    reply = till.push(phone)
    replied_at = time.monotonic()
    assert callbacks.times[0] < replied_at
    assert result_of(callbacks.bodies[0])["CheckoutRequestID"] == reply.json()["CheckoutRequestID"]


def test_the_reply_can_be_lost_although_the_push_went_out(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, reply_lost=True, auto="pin")
    with pytest.raises(httpx.RemoteProtocolError):
        till.push(phone)
    assert result_of(callbacks.wait()[0])["ResultCode"] == 0


def test_the_callback_can_be_late_or_lost(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, delay_seconds=1.5, auto="cancel")
    pushed = till.push(phone).json()["CheckoutRequestID"]
    wait_for(lambda: till.query(pushed).json().get("ResultCode") == "1032")
    assert callbacks.bodies == []
    callbacks.wait()
    daraja.set_traps(phone, lose_callback=True, auto="wrong_pin")
    pushed = till.push(phone).json()["CheckoutRequestID"]
    wait_for(lambda: till.query(pushed).json().get("ResultCode") == "2001")
    time.sleep(0.3)
    assert len(callbacks.bodies) == 1


def test_the_same_amount_twice_can_be_limited(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    daraja.set_traps(phone, same_amount_rule=True, auto="pin")
    till.push(phone, 10)
    callbacks.wait()
    till.push(phone, 10)
    assert result_of(callbacks.wait(2)[1])["ResultCode"] == 17


def test_a_trap_that_does_not_exist_is_refused(daraja: Sandbox) -> None:
    for traps in ({"explode": True}, {"duplicate": "many"}, {"auto": "steal"}, {"duplicate": 0}):
        body = {"phone": "*", "traps": traps}
        assert daraja.http.put("/daraja/traps", json=body).status_code == 400


def test_a_prompt_survives_a_restart_of_the_sandbox(
    make_sandbox, tmp_path, callbacks, phone
) -> None:
    running = make_sandbox(tmp_path)
    with running as sandbox:
        Till(sandbox, callbacks.url).push(phone)
    with running as sandbox:
        assert sandbox.phone(phone)["mpesa"]["prompt"]["amount"] == 1500
        sandbox.stk(phone, "cancel").raise_for_status()
        assert result_of(callbacks.wait()[0])["ResultCode"] == 1032


@pytest.mark.parametrize(
    ("trap", "status", "code", "is_shown"),
    [
        ("busy", 500, "500.003.02", False),
        ("spike", 429, "500.003.02", False),
        ("quota", 500, "500.003.03", False),
        ("locked", 500, "500.001.1001", False),
        ("no_answer", 500, "500.001.1001", True),
        ("internal", 500, "500.003.1001", True),
        ("html", 502, None, True),
    ],
)
def test_a_push_can_seem_refused_with_and_without_a_prompt(
    till: Till, daraja: Sandbox, phone: str, trap, status, code, is_shown
) -> None:
    daraja.set_traps(phone, push_error=trap)
    refused = till.push(phone)
    said = refused.json()["errorCode"] if code else None
    assert (refused.status_code, said) == (status, code)
    assert (daraja.phone(phone)["mpesa"]["prompt"] is not None) == is_shown


def test_the_token_can_die_once(till: Till, daraja: Sandbox, phone: str) -> None:
    daraja.set_traps(phone, token_dies=True)
    assert till.push(phone).json()["errorCode"] == "404.001.03"
    till.token = till.take_token().json()["access_token"]
    assert till.push(phone).status_code == 200


def test_the_callback_can_be_altered(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    traps = {"alter_amount": 9, "other_checkout": True, "text_values": True}
    daraja.set_traps(phone, auto="pin", foreign_address=True, **traps)
    pushed = till.push(phone, 150).json()
    said = result_of(callbacks.wait()[0])
    assert said["CallbackMetadata"]["Item"][0]["Value"] == "159.00"
    assert said["ResultCode"] == "0"
    assert said["CheckoutRequestID"] != pushed["CheckoutRequestID"]
    assert callbacks.headers[0]["X-Forwarded-For"] == "203.0.113.9"
    daraja.set_traps(phone, auto="pin", no_receipt=True)
    till.push(phone, 150)
    assert "CallbackMetadata" not in result_of(callbacks.wait(2)[1])


def test_two_callbacks_can_change_places(
    till: Till, callbacks: Callbacks, daraja: Sandbox, phone: str
) -> None:
    other = "+254799999999"
    daraja.set_traps(phone, auto="cancel", reorder=True)
    daraja.set_traps(other, auto="cancel")
    first = till.push(phone).json()["CheckoutRequestID"]
    wait_for(lambda: till.query(first).json().get("ResultCode") == "1032")
    second = till.push(other).json()["CheckoutRequestID"]
    came = [result_of(body)["CheckoutRequestID"] for body in callbacks.wait(2)]
    assert came == [second, first]


@pytest.mark.parametrize(
    ("trap", "status", "said"),
    [("pending", 200, "4999"), ("empty", 200, "500.001.1001"), ("error", 500, "500.001.1001"),
     ("paid", 200, "0"), ("failed", 200, "1037")],
)  # fmt: skip
def test_the_query_can_lie(till: Till, daraja: Sandbox, phone: str, trap, status, said) -> None:
    pushed = till.push(phone).json()["CheckoutRequestID"]
    daraja.set_traps(phone, query=trap)
    answer = till.query(pushed)
    body = answer.json()
    assert (answer.status_code, body.get("ResultCode") or body["errorCode"]) == (status, said)
