"""Doubtful payments are verified with M-Pesa itself, and only what it vouches for is credited."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from kernel import clock, work
from kernel.models import Job, Mail, Work
from tests.wallet.daraja import ask, deliver, paid, process_all
from tests.wallet.test_paybill import balance, c2b, confirm, in_suspense, reference_of, wallet
from tests.wallet.test_recovery import NOTHING, listing, row
from wallet.models import Inquiry, MpesaReceipt, TopUp
from wallet.mpesa.parse_results import found_of, parse_result, utility_minor
from wallet.services import access, inquiries, pulls, utility

__all__ = ["wallet"]

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPT = "UKM8R4XC1P"
LARGE = "60000.00"
TAKEN = 200, {"ConversationID": "AG_1", "ResponseCode": "0"}


@pytest.fixture(autouse=True)
def office(script, settings):
    """An API operator, and a Daraja that takes every question."""
    settings.DARAJA_INITIATOR = "api:secret"
    for path in ("transactionstatus", "accountbalance", "reversal", "b2c"):
        script.on(path, TAKEN)
    return script


def send_all():
    for each in Inquiry.objects.filter(status="open"):
        inquiries.send_inquiry(str(each.id))


def status_result(
    receipt=RECEIPT, *, code=0, amount=60000, status="Completed", party="409900 - US"
):
    said = {
        "DebitPartyName": "254712345678 - WANJIKU", "CreditPartyName": party, "Amount": amount,
        "TransactionStatus": status, "ReceiptNo": receipt, "FinalisedTime": 20261122161507,
    }  # fmt: skip
    pairs = [{"Key": key, "Value": value} for key, value in said.items()]
    result = {"ResultCode": code, "ResultDesc": "x", "ConversationID": "AG_1"}
    if code == 0:
        result["ResultParameters"] = {"ResultParameter": pairs}
    return {"Result": result}


def tell(inquiry, body):
    path = f"/h/{inquiries.token_of(inquiry)}/r"
    Client().post(path, data=json.dumps(body), content_type="application/json")
    process_all()
    inquiry.refresh_from_db()
    return inquiry.status


def question():
    return Inquiry.objects.get(kind="payment")


def test_a_large_payment_waits_for_m_pesas_word(wallet, office):
    confirm(c2b(reference_of(wallet), amount=LARGE))
    assert balance(wallet) == 0
    send_all()
    (asked,) = office.bodies("transactionstatus")
    assert (asked["TransactionID"], asked["IdentifierType"], asked["PartyA"]) == (
        RECEIPT, "4", "409900",
    )  # fmt: skip
    assert tell(question(), status_result()) == "confirmed"
    assert balance(wallet) == 60_000_00
    assert MpesaReceipt.objects.get().verified_by == "status"


def test_a_large_prompt_is_paid_once_it_is_verified(wallet, office):
    topup = ask(wallet, amount_minor=60_000_00, account_ref=reference_of(wallet))
    deliver(topup, paid(topup, receipt=RECEIPT))
    process_all()
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("confirming", 0)
    tell(question(), status_result())
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("paid", 60_000_00)


def test_callback_and_confirmation_of_a_large_payment_are_one_question_and_one_credit(wallet):
    topup = ask(wallet, amount_minor=60_000_00, account_ref=reference_of(wallet))
    confirm(c2b(reference_of(wallet), amount=LARGE))
    deliver(topup, paid(topup, receipt=RECEIPT))
    process_all()
    for _ in range(3):
        tell(question(), status_result())
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("paid", 60_000_00)
    assert TopUp.objects.count() == 1


def test_without_an_operator_nobody_can_be_asked_and_money_is_credited(wallet, settings):
    settings.DARAJA_INITIATOR, settings.SANDBOX = "", False
    confirm(c2b(reference_of(wallet), amount=LARGE))
    assert balance(wallet) == 60_000_00
    assert "no API operator" in inquiries.sweep()


def test_an_altered_amount_is_credited_as_m_pesa_says(wallet):
    topup = ask(wallet, account_ref=reference_of(wallet))
    deliver(topup, paid(topup, receipt=RECEIPT, amount=90_000))
    process_all()
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("confirming", 0)
    tell(question(), status_result(amount=500))
    topup.refresh_from_db()
    assert (topup.status, balance(wallet), topup.paid_minor) == ("paid", 50_000, 50_000)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"code": "R000002"}, "denied"),
        ({"status": "Declined"}, "denied"),
        ({"party": "555555 - OTHER"}, "denied"),
        ({"status": "Authorized"}, "open"),
        ({"receipt": "UKOTHER001"}, "open"),
        ({"code": 17}, "open"),
        ({"amount": "x"}, "open"),
    ],
)
def test_what_m_pesa_does_not_vouch_for_is_not_credited(wallet, said, status):
    confirm(c2b(reference_of(wallet), amount=LARGE))
    assert tell(question(), status_result(**said)) == status
    assert balance(wallet) == 0


def test_a_foreign_source_names_no_owner_but_a_pull_does(wallet, settings, office):
    settings.DARAJA_SOURCE_IPS = ["196.201.214.200"]
    confirm(c2b(reference_of(wallet)), REMOTE_ADDR="203.0.113.9")
    assert balance(wallet) == 0
    assert tell(question(), status_result(amount=500)) == "confirmed"
    assert (MpesaReceipt.objects.get().status, balance(wallet)) == ("suspense", 0)
    office.on("pulltransactions", listing(row(reference_of(wallet))), NOTHING)
    pulls.pull(timedelta(hours=2))
    assert balance(wallet) == 50_000


def test_a_question_without_an_answer_is_put_again_and_then_given_to_a_person(wallet, office):
    confirm(c2b(reference_of(wallet), amount=LARGE))
    made = question()
    times = [inquiries.send_inquiry(str(made.id)) for _ in range(7)]
    assert [at is not None for at in times] == [True] * 5 + [False] * 2
    made.refresh_from_db()
    assert (made.status, made.attempts, len(office.bodies("transactionstatus"))) == ("lost", 5, 5)
    assert inquiries.ask_again(made)
    assert tell(made, status_result()) == "confirmed"
    assert inquiries.send_inquiry(str(made.id)) is None


def test_a_question_that_daraja_refuses_says_why(wallet, office):
    office.on("transactionstatus", (400, {"errorCode": "400.002.02", "errorMessage": "Bad PartyA"}))
    confirm(c2b(reference_of(wallet), amount=LARGE))
    send_all()
    assert "Bad PartyA" in question().outcome


def test_a_forged_payment_that_was_credited_is_taken_back(wallet, office):
    confirm(c2b(reference_of(wallet), receipt="UKFORGED01"))
    office.on("pulltransactions", NOTHING)
    pulls.pull(timedelta(hours=2))
    assert MpesaReceipt.objects.get().pulls_missed == 0
    assert inquiries.sweep().startswith("0 asked")
    for minutes in (21, 36, 51):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
            pulls.pull(timedelta(hours=2))
    assert MpesaReceipt.objects.get().pulls_missed == 2
    assert inquiries.sweep().startswith("1 asked")
    assert inquiries.sweep() == "0 asked about, 1 waiting for an answer"
    assert tell(question(), status_result("UKFORGED01", code="R000002")) == "denied"
    assert (balance(wallet), MpesaReceipt.objects.get().status) == (0, "reversed")


def test_a_payment_that_pull_misses_and_m_pesa_knows_stays(wallet, office):
    confirm(c2b(reference_of(wallet)))
    MpesaReceipt.objects.update(pulls_missed=2)
    inquiries.sweep()
    assert tell(question(), status_result(amount=500)) == "confirmed"
    assert (balance(wallet), MpesaReceipt.objects.get().verified_by) == (50_000, "status")
    assert inquiries.sweep() == "0 asked about, 0 waiting for an answer"


def test_a_refusal_alone_takes_nothing_that_pull_may_still_list(wallet):
    confirm(c2b(reference_of(wallet)))
    made = inquiries.ask(RECEIPT, reason="by hand")
    assert tell(made, status_result(code="R000002")) == "denied"
    assert balance(wallet) == 50_000


def balance_result(shillings, code=0):
    text = f"Working Account|KES|0.00|0|0|0&Utility Account|KES|{shillings}|0|0|0&Charges|KES|-5"
    pair = {"Key": "AccountBalance", "Value": text}
    result = {"ResultCode": code, "ResultDesc": "", "ConversationID": "AG_1"}
    return {"Result": {**result, "ResultParameters": {"ResultParameter": pair}}}


def check(shillings):
    utility.ask_balance()
    made = Inquiry.objects.get(kind="balance", status="open")
    tell(made, balance_result(shillings))
    return made.outcome


def test_the_account_at_m_pesa_is_compared_with_the_books(wallet, office):
    assert check("1000.00") == "KES 1,000.00, as booked"
    confirm(c2b(reference_of(wallet)))
    assert check("1500.00") == "KES 1,500.00, as booked"
    assert "KES 200.00 more than booked" in check("1700.00")
    assert Work.objects.filter(name="kernel.run_job", ref="wallet.pull_recent").count() == 1
    assert "KES 700.00 less than booked" in check("1000.00")
    send_all()
    assert utility.ask_balance().startswith("asked; last: KES 1,000.00")
    assert utility.ask_balance().startswith("still asking")


def test_a_balance_without_an_answer_does_not_stop_the_next(wallet):
    utility.ask_balance()
    made = Inquiry.objects.get(kind="balance")
    assert tell(made, {"Result": {"ResultCode": 17}}) == "open"
    for _ in range(6):
        inquiries.send_inquiry(str(made.id))
    assert utility.ask_balance().startswith("asked")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("Utility Account|KES|184250.00|184250.00|0.00|0.00", 18_425_000),
        ("Working|KES|5.00&utility account|KES|0.5|0|0", 50),
        ("Working|KES|5.00", None),
        ("Utility Account|KES", None),
        ("Utility Account|KES|NaN|0", None),
        ("", None),
    ],
)
def test_the_utility_account_is_read_out_of_the_text(text, minor):
    body = {"ResultCode": 0, "ResultParameters": {"ResultParameter": [
        {"Key": "AccountBalance", "Value": text}]}}  # fmt: skip
    assert utility_minor(parse_result(json.dumps({"Result": body}).encode())) == minor


def test_a_result_whose_key_comes_twice_is_read_by_its_first():
    body = status_result()
    body["Result"]["ResultParameters"]["ResultParameter"].insert(
        0, {"Key": "Amount", "Value": "1.00"}
    )
    assert found_of(parse_result(json.dumps(body).encode())).amount_minor == 100


def test_a_stranger_learns_nothing_at_the_door_of_results(wallet):
    reply = Client().post(f"/h/{'a' * 32}/r", data="{}", content_type="application/json")
    assert reply.json() == {"ResultCode": 0, "ResultDesc": "Accepted"}


def test_money_without_an_owner_goes_back_after_two_weeks(wallet, office):
    in_suspense()
    from wallet.services import reversals

    assert reversals.return_suspense() == "0 sent back, 0 for a person"
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        assert reversals.return_suspense() == "1 sent back, 0 for a person"
        assert reversals.return_suspense() == "0 sent back, 0 for a person"
        made = MpesaReceipt.objects.get().refunds.get()
        reversals.send_refund(str(made.id))
        body = {"Result": {"ResultCode": 0, "ConversationID": "AG_1"}}
        Client().post(
            f"/h/{reversals.result_token(made)}/r", data=json.dumps(body),
            content_type="application/json",
        )  # fmt: skip
        process_all()
    assert MpesaReceipt.objects.get().status == "reversed"
    assert (made.hold, Mail.objects.count()) == (None, 0)


def test_every_task_leaves_its_result(wallet, office):
    work.start_due_jobs()
    for name in ("wallet.verify_receipts", "wallet.check_utility", "wallet.return_suspense"):
        work.run_job(name)
        assert Job.objects.get(name=name).last_result, name
    assert access.can_ask()
