"""The whole way: Pay Bill on the simulated phone, C2B over HTTP, the credit; and pushes told twice."""

import pytest

from kernel import work
from kernel.models import Work
from tests.sandbox.peers import wait_for
from tests.wallet.daraja import ask, process_all
from tests.wallet.test_paybill import balance, reference_of, wallet
from tests.wallet.test_topup_over_sandbox import phone, sandbox
from wallet.models import MpesaEvent, MpesaReceipt, TopUp
from wallet.services import paybill, topups

__all__ = ["phone", "sandbox", "wallet"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registered(phone):
    paybill.register_urls()
    return phone


def pay(sandbox, phone, **facts):
    body = {"business": "409900", "amount": "1,250", "pin": "1234", **facts}
    return sandbox.http.post(f"/phones/{phone}/paybill", json=body)


def heard(count=1):
    wait_for(lambda: MpesaEvent.objects.count() >= count)
    process_all()


def test_pay_bill_on_the_phone_is_money_in_the_wallet(wallet, registered, sandbox):
    typed = reference_of(wallet).replace("-", " ").lower()
    reply = pay(sandbox, registered, account=typed)
    assert reply.status_code == 200
    heard()
    assert balance(wallet) == 125_000
    receipt = MpesaReceipt.objects.get()
    assert (receipt.status, receipt.bill_ref) == ("credited", reference_of(wallet))
    message = reply.json()["mpesa"]["messages"][0]["text"]
    assert message.startswith(f"{receipt.receipt_no} Confirmed. Ksh1,250.00 sent to SAUTIKIT")


def test_a_wrong_account_number_is_refused_before_the_money_moves(wallet, registered, sandbox):
    mpesa = pay(sandbox, registered, account="TS-12345678").json()["mpesa"]
    assert "the account number is not known" in mpesa["messages"][0]["text"]
    assert mpesa["balance_minor"] == 500_000_00
    assert MpesaEvent.objects.count() == 0


def test_without_validation_a_wrong_account_number_waits_in_suspense(wallet, registered, sandbox):
    sandbox.set_traps(registered, no_validation=True)
    pay(sandbox, registered, account="mama mboga")
    heard()
    assert MpesaReceipt.objects.get().status == "suspense"


@pytest.mark.parametrize(
    "wrong", [{"pin": "9999"}, {"business": "1"}, {"amount": "1.5"}, {"account": "x" * 21}]
)
def test_what_a_phone_cannot_pay_is_said(wallet, registered, sandbox, wrong):
    reply = pay(sandbox, registered, **{"account": reference_of(wallet), **wrong})
    assert reply.status_code == 409
    assert reply.json()["error"]


@pytest.mark.parametrize("order", ["before", "together", "after"])
def test_a_push_told_by_both_doors_is_one_credit(wallet, registered, sandbox, order):
    sandbox.set_traps(registered, auto="pin", c2b_for_push=order, duplicate=2)
    topup = ask(wallet, phone_e164=registered, account_ref=reference_of(wallet))
    topups.push_topup(str(topup.id))
    heard(4)
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("paid", 50_000)
    assert TopUp.objects.count() == 1


def test_a_push_whose_callback_was_lost_lands_by_c2b(wallet, registered, sandbox):
    sandbox.set_traps(registered, auto="pin", c2b_for_push="after", lose_callback=True)
    topup = ask(wallet, phone_e164=registered, account_ref=reference_of(wallet))
    topups.push_topup(str(topup.id))
    heard()
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("paid", 50_000)


def test_the_sandbox_registers_when_it_is_seeded(settings):
    from django.core.management import call_command

    settings.SANDBOX = True
    call_command("seed_sandbox", verbosity=0)
    assert Work.objects.filter(name="wallet.register_c2b").exists()
    assert "wallet.register_c2b" in work.kinds()
