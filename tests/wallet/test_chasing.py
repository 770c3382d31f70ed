"""Refunds that were sent and never answered: asked about by their order, never sent again."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Workspace
from kernel import clock
from kernel.models import Work
from tests.wallet.daraja import HANG_UP, process_all
from tests.wallet.test_reversals import ACK, RECEIPT, money, refund
from wallet.invariants import WALLET
from wallet.models import Inquiry, MpesaReceipt, Refund
from wallet.mpesa.reference import new_reference
from wallet.services import chasing, inquiries, open_wallet, reversals
from wallet.services.landing import land

pytestmark = pytest.mark.django_db(transaction=True)
NAMED = 200, {"ConversationID": "AG_1", "OriginatorConversationID": "O-1", "ResponseCode": "0"}


@pytest.fixture(autouse=True)
def operator(settings):
    settings.DARAJA_INITIATOR = "api:credential"


@pytest.fixture
def wallet(script):
    workspace = Workspace.objects.create(
        name="Acme", slug="acme", country="KE", currency="KES", mpesa_account_ref=new_reference(),
        signing_secret="whsec",
    )  # fmt: skip
    wallet = open_wallet(workspace_id=workspace.id, mode="live", currency="KES")
    land(receipt_no=RECEIPT, amount_minor=50_000, paid_at=clock.now(), shortcode="409900",
         source="c2b", bill_ref=workspace.mpesa_account_ref, msisdn="254712345678")  # fmt: skip
    script.on("status", ACK)
    return wallet


def sent(script, part, reply, made):
    script.on(part, reply)
    reversals.send_refund(str(made.id))
    Refund.objects.update(asked_at=clock.now() - timedelta(minutes=6))
    return made


def payout():
    return reversals.ask_payout(RECEIPT, amount_minor=20_000, reason="A part", actor="operator:1")


def ask(script):
    """Run the periodic job and send what it asks; return the bodies Daraja got."""
    chasing.ask_about_refunds()
    for row in Work.objects.filter(name="wallet.send_inquiry"):
        inquiries.send_inquiry(row.ref)
    return script.bodies("transactionstatus")


def answer(status, *, code=0, shillings=None):
    pairs = {"TransactionStatus": status, "ReceiptNo": "UKR9"}
    if shillings is not None:
        pairs["Amount"] = shillings
    said = [{"Key": key, "Value": value} for key, value in pairs.items() if value]
    body = {"Result": {"ResultCode": code, "ConversationID": "AG_9",
                       "ResultParameters": {"ResultParameter": said}}}  # fmt: skip
    path = f"/h/{inquiries.token_of(Inquiry.objects.get())}/r"
    Client().post(path, data=json.dumps(body), content_type="application/json")
    process_all()
    return Refund.objects.get().status


def test_a_payout_whose_reply_was_lost_is_asked_about_by_our_own_order_id(wallet, script):
    made = sent(script, "b2c", (200, HANG_UP), payout())
    (asked,) = ask(script)
    assert asked["OriginalConversationID"] == str(made.id)
    assert "TransactionID" not in asked
    assert answer("Completed", shillings=200) == "done"
    assert money(wallet) == (30_000, 0, 0)
    assert len(script.bodies("b2c")) == 1
    assert [rule.name for rule in WALLET if rule.first_broken()] == []


def test_a_reversal_without_a_result_is_asked_about_by_the_name_daraja_gave_it(wallet, script):
    sent(script, "reversal", NAMED, refund())
    (asked,) = ask(script)
    assert asked["OriginalConversationID"] == "O-1"
    assert answer("Completed", shillings=500) == "done"
    assert money(wallet) == (0, 0, 0)
    assert MpesaReceipt.objects.get().status == "reversed"


@pytest.mark.parametrize("status", ["Cancelled", "Declined", "Expired"])
def test_an_order_that_m_pesa_did_not_carry_out_gives_the_money_back(wallet, script, status):
    sent(script, "b2c", (200, HANG_UP), payout())
    ask(script)
    assert answer(status) == "failed"
    assert money(wallet) == (50_000, 0, 0)


@pytest.mark.parametrize(
    "said", [{"status": "Authorized"}, {"status": "", "code": 2032}, {"status": "Completed", "shillings": 199}]
)  # fmt: skip
def test_what_is_not_final_settles_nothing(wallet, script, said):
    sent(script, "b2c", (200, HANG_UP), payout())
    ask(script)
    assert answer(**said) == "unknown"
    assert money(wallet) == (50_000, 20_000, 0)


def test_a_result_that_comes_after_all_settles_once(wallet, script):
    made = sent(script, "b2c", (200, HANG_UP), payout())
    ask(script)
    body = {"Result": {"ResultCode": 0, "ConversationID": "AG_1", "TransactionID": "UKR9"}}
    path = f"/h/{reversals.result_token(made)}/r"
    Client().post(path, data=json.dumps(body), content_type="application/json")
    process_all()
    assert answer("Completed", shillings=200) == "done"
    assert money(wallet) == (30_000, 0, 0)


def test_a_reversal_whose_reply_was_lost_has_no_name_and_is_for_a_person(wallet, script):
    sent(script, "reversal", (200, HANG_UP), refund())
    assert chasing.ask_about_refunds() == "0 asked about, 1 for a person"
    assert not Inquiry.objects.exists()


def test_a_refund_is_asked_about_once_and_not_before_its_time(wallet, script):
    made = sent(script, "b2c", (200, HANG_UP), payout())
    Refund.objects.filter(id=made.id).update(asked_at=clock.now())
    assert ask(script) == []
    Refund.objects.update(asked_at=clock.now() - timedelta(minutes=6))
    assert len(ask(script)) == 1
    assert chasing.ask_about_refunds() == "0 asked about, 0 for a person"
