"""The back office of the Daraja simulator, driven by a library that somebody else wrote."""

import json
import uuid

import pytest
from mpesa import MpesaClient
from mpesa.exceptions import MpesaError
from mpesakit.account_balance import AccountBalance
from mpesakit.account_balance.schemas import AccountBalanceRequest
from mpesakit.auth import TokenManager
from mpesakit.b2c import B2C
from mpesakit.b2c.schemas import B2CRequest, B2CResultCallback
from mpesakit.c2b.schemas import C2BValidationRequest
from mpesakit.http_client import MpesaHttpClient
from mpesakit.reversal import Reversal
from mpesakit.reversal.schemas import ReversalRequest
from mpesakit.transaction_status import TransactionStatus
from mpesakit.transaction_status.schemas import (
    TransactionStatusRequest,
    TransactionStatusResultParameter,
)

from tests.sandbox.peers import Callbacks, Sandbox
from tests.sandbox.test_push_payment import PASSKEY, SHORTCODE, Till, callbacks, phone, till

__all__ = ["callbacks", "phone", "till"]


class Foreign:
    """mpesakit, pointed at the simulator."""

    def __init__(self, daraja: Sandbox) -> None:
        http = MpesaHttpClient()
        http.base_url = daraja.url
        tokens = TokenManager(consumer_key="key", consumer_secret="secret", http_client=http)
        self.way = {"http_client": http, "token_manager": tokens}


@pytest.fixture
def foreign(daraja: Sandbox) -> Foreign:
    return Foreign(daraja)


@pytest.fixture
def receipt(daraja: Sandbox, callbacks: Callbacks, phone: str) -> str:
    """KES 500 paid by the phone into the Paybill, announced to the callbacks."""
    till = Till(daraja, callbacks.url)
    urls = {"ConfirmationURL": callbacks.url, "ValidationURL": callbacks.url}
    body = {"ShortCode": SHORTCODE, "ResponseType": "Completed", **urls}
    till.post("/mpesa/c2b/v2/registerurl", body).raise_for_status()
    paid = {"ShortCode": SHORTCODE, "CommandID": "CustomerPayBillOnline", "Amount": 500}
    paid |= {"Msisdn": phone[1:], "BillRefNumber": "TS-48219038"}
    till.post("/mpesa/c2b/v2/simulate", paid).raise_for_status()
    validation, confirmation = (json.loads(each) for each in callbacks.wait(2))
    assert (validation["OrgAccountBalance"], validation["TransID"]) == ("", "VALIDATION")
    told = C2BValidationRequest(**confirmation)
    assert (told.TransAmount, told.BillRefNumber) == (500.0, "TS-48219038")
    callbacks.bodies.clear()
    return confirmation["TransID"]


def result(callbacks: Callbacks) -> dict:
    return json.loads(callbacks.wait()[0])["Result"]


def parameters(said: dict) -> list[tuple[str, object]]:
    return [(each["Key"], each["Value"]) for each in said["ResultParameters"]["ResultParameter"]]


def ask_status(foreign: Foreign, callbacks: Callbacks, receipt: str):
    return TransactionStatus(**foreign.way).query(
        TransactionStatusRequest(
            Initiator="api", SecurityCredential="secret", CommandID="TransactionStatusQuery",
            TransactionID=receipt, PartyA=int(SHORTCODE), IdentifierType=4,
            ResultURL=callbacks.url, QueueTimeOutURL=callbacks.url, Remarks="Verify",
        )
    )  # fmt: skip


def test_mpesakit_asks_for_the_status_of_a_receipt(foreign, callbacks, receipt, phone) -> None:
    taken = ask_status(foreign, callbacks, receipt)
    assert taken.is_successful()
    said = result(callbacks)
    pairs = [
        TransactionStatusResultParameter(**each)
        for each in said["ResultParameters"]["ResultParameter"]
    ]
    found = {each.Key: each.Value for each in pairs}
    assert said["ConversationID"] == taken.ConversationID
    assert (found["ReceiptNo"], found["TransactionStatus"], found["Amount"]) == (
        receipt, "Completed", 500.0,
    )  # fmt: skip
    # The key that comes twice is in the real one's results too.
    assert [each.Key for each in pairs].count("DebitPartyName") == 2


def test_a_receipt_nobody_gave_is_not_known(foreign, callbacks, receipt) -> None:
    ask_status(foreign, callbacks, "UKNOBODY01")
    assert result(callbacks)["ResultCode"] == "R000002"


def test_mpesakit_reverses_a_payment_once(foreign, callbacks, receipt, phone, daraja) -> None:
    before = daraja.phone(phone)["mpesa"]["balance_minor"]

    def reverse():
        return Reversal(**foreign.way).reverse(
            ReversalRequest(
                Initiator="api", SecurityCredential="secret", TransactionID=receipt, Amount=500,
                ReceiverParty=int(SHORTCODE), ResultURL=callbacks.url,
                QueueTimeOutURL=callbacks.url, Remarks="Refund",
            )
        )  # fmt: skip

    assert reverse().is_successful()
    assert result(callbacks)["ResultCode"] == 0
    assert daraja.phone(phone)["mpesa"]["balance_minor"] == before + 500_00
    reverse()
    assert json.loads(callbacks.wait(2)[1])["Result"]["ResultCode"] == "R000001"
    assert daraja.phone(phone)["mpesa"]["balance_minor"] == before + 500_00


def test_mpesakit_pays_a_phone_and_an_order_is_taken_once(
    foreign, callbacks, phone, daraja
) -> None:
    before = daraja.phone(phone)["mpesa"]["balance_minor"]
    order = B2CRequest(
        OriginatorConversationID=str(uuid.uuid4()), InitiatorName="api",
        SecurityCredential="secret", CommandID="BusinessPayment", Amount=150,
        PartyA=int(SHORTCODE), PartyB=phone[1:], Remarks="Refund", QueueTimeOutURL=callbacks.url,
        ResultURL=callbacks.url, Occassion="Refund",
    )  # fmt: skip
    assert B2C(**foreign.way).send_payment(order).is_successful()
    callback = json.loads(callbacks.wait()[0])
    read = B2CResultCallback(Result={**callback["Result"], "ResultParameters": None})
    assert read.Result.OriginatorConversationID == order.OriginatorConversationID
    assert ("TransactionAmount", 150) in parameters(callback["Result"])
    assert daraja.phone(phone)["mpesa"]["balance_minor"] == before + 150_00
    with pytest.raises(Exception, match=r"Duplicate|500\.002\.1001"):
        B2C(**foreign.way).send_payment(order)


def test_daraja_v3_registers_pays_out_and_asks_for_the_balance(daraja, callbacks, phone) -> None:
    client = MpesaClient("key", "secret", SHORTCODE, PASSKEY, base_url=daraja.url)
    client.c2b_register_urls(callbacks.url, callbacks.url)
    client.account_balance(
        callbacks.url, callbacks.url, initiator_name="api", security_credential="secret"
    )
    held = dict(parameters(result(callbacks)))["AccountBalance"]
    assert [part.split("|")[0] for part in held.split("&")] == [
        "Working Account", "Utility Account", "Charges Paid Account",
    ]  # fmt: skip
    with pytest.raises(MpesaError):
        client.stk_query("ws_CO_0")


def test_mpesakit_asks_for_the_balance(foreign, callbacks, receipt) -> None:
    taken = AccountBalance(**foreign.way).query(
        AccountBalanceRequest(
            Initiator="api", SecurityCredential="secret", CommandID="AccountBalance",
            PartyA=int(SHORTCODE), IdentifierType=4, Remarks="Check",
            QueueTimeOutURL=callbacks.url, ResultURL=callbacks.url,
        )
    )  # fmt: skip
    assert taken.is_successful()
    assert result(callbacks)["ResultCode"] == 0


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/mpesa/transactionstatus/v1/query", {"IdentifierType": "1"}),
        ("/mpesa/transactionstatus/v1/query", {"TransactionID": ""}),
        ("/mpesa/accountbalance/v1/query", {"CommandID": "Balance"}),
        ("/mpesa/reversal/v1/request", {"ReceiverIdentifierType": "11"}),
        ("/mpesa/b2c/v3/paymentrequest", {"Amount": 5}),
        ("/mpesa/b2c/v3/paymentrequest", {"InitiatorName": ""}),
    ],
)
def test_an_order_with_a_wrong_field_is_refused(till: Till, phone: str, path, wrong) -> None:
    body = {"SecurityCredential": "x", "Remarks": "x", "CommandID": "TransactionStatusQuery"}
    assert till.post(path, {**body, **wrong}).json()["errorCode"] == "400.002.02"


def test_an_order_is_asked_about_by_its_own_id(callbacks, phone, daraja) -> None:
    till = Till(daraja, callbacks.url)
    order = {
        "OriginatorConversationID": "order-7", "InitiatorName": "api", "SecurityCredential": "s",
        "CommandID": "BusinessPayment", "Amount": 50, "PartyA": SHORTCODE, "PartyB": phone[1:],
        "Remarks": "Refund", "QueueTimeOutURL": callbacks.url, "ResultURL": callbacks.url,
    }  # fmt: skip
    till.post("/mpesa/b2c/v3/paymentrequest", order).raise_for_status()
    assert result(callbacks)["ResultCode"] == 0

    def ask(order_id, count):
        about = {
            "Initiator": "api", "SecurityCredential": "s", "CommandID": "TransactionStatusQuery",
            "OriginalConversationID": order_id, "PartyA": SHORTCODE, "IdentifierType": "4",
            "ResultURL": callbacks.url, "QueueTimeOutURL": callbacks.url, "Remarks": "Verify",
        }  # fmt: skip
        till.post("/mpesa/transactionstatus/v1/query", about).raise_for_status()
        return json.loads(callbacks.wait(count)[count - 1])["Result"]

    found = dict(parameters(ask("order-7", 2)))
    assert (found["TransactionStatus"], found["Amount"]) == ("Completed", 50)
    assert ask("order-8", 3)["ResultCode"] == 2032
