"""Money that goes back: what M-Pesa takes, what is owed then, and refunds that we start."""

import json

import pytest
from django.test import Client

from kernel.models import AuditEntry
from tests.sandbox.peers import wait_for
from tests.wallet.books import facts, ledger_of, together
from tests.wallet.daraja import HANG_UP, process_all
from tests.wallet.test_paybill import (
    balance,
    c2b,
    confirm,
    in_suspense,
    operator,
    reference_of,
    wallet,
)
from tests.wallet.test_paybill_over_sandbox import pay, registered
from tests.wallet.test_topup_over_sandbox import phone, sandbox
from tests.wallet.test_verify_ledger import broken, verify
from wallet.errors import InsufficientBalance, RefundRefused
from wallet.models import MpesaReceipt, Refund, Wallet
from wallet.services import charge, credit, reversals

__all__ = ["phone", "registered", "sandbox", "wallet"]

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPT = "UKM8R4XC1P"
ACK = 200, {"ConversationID": "AG_1", "ResponseCode": "0"}


@pytest.fixture
def paid_wallet(wallet):
    """KES 500 from a Paybill payment."""
    confirm(c2b(reference_of(wallet)))
    return wallet


def reverse():
    return reversals.reverse_payment(RECEIPT, actor="operator:1", reason="statement")


def refund(**changes):
    return reversals.ask_refund(**{"receipt_no": RECEIPT, "reason": "Wrong payer",
                                   "actor": "operator:1", **changes})  # fmt: skip


def tell_result(made, code=0, conversation="AG_1"):
    body = {"Result": {"ResultCode": code, "ConversationID": conversation, "TransactionID": "UKR1"}}
    path = f"/h/{reversals.result_token(made)}/r"
    Client().post(path, data=json.dumps(body), content_type="application/json")
    process_all()
    made.refresh_from_db()
    return made.status


def spend(wallet, amount):
    charge(**facts(wallet, net_minor=amount, vat_minor=0, key=f"spend-{amount}"))


def money(wallet):
    wallet = Wallet.objects.get(id=wallet.id)
    return wallet.balance_minor, wallet.held_minor, wallet.receivable_minor


def test_a_reversal_of_unspent_money_takes_it(paid_wallet):
    assert reverse()
    assert money(paid_wallet) == (0, 0, 0)
    assert ledger_of(paid_wallet)[-2:] == [
        ("reversal", "wallet", -50_000, 0),
        ("reversal", "mpesa_clearing", 50_000, None),
    ]
    assert MpesaReceipt.objects.get().status == "reversed"
    assert AuditEntry.objects.filter(action_kind="wallet.payment_reversed").exists()
    assert broken(verify()[0]) == {}


def test_a_reversal_of_spent_money_is_owed_and_paid_by_the_next_top_up(paid_wallet):
    spend(paid_wallet, 30_000)
    assert reverse()
    assert money(paid_wallet) == (0, 0, 30_000)
    with pytest.raises(InsufficientBalance):
        spend(paid_wallet, 1)
    credit(**facts(paid_wallet, kind="adjustment", key="more", net_minor=50_000, vat_minor=0))
    assert money(paid_wallet) == (20_000, 0, 0)
    spend(paid_wallet, 1)
    assert broken(verify()[0]) == {}


def test_a_reversal_leaves_what_a_call_holds(paid_wallet):
    from datetime import timedelta

    from kernel import clock
    from wallet.services import place_hold

    place_hold(
        workspace_id=paid_wallet.workspace_id, mode="live", amount_minor=20_000, key="call",
        expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    assert reverse()
    assert money(paid_wallet) == (20_000, 20_000, 20_000)
    assert broken(verify()[0]) == {}


def test_a_payment_is_reversed_once_by_many_hands(paid_wallet):
    results = together(6, lambda _: reverse())
    assert sorted(results) == [False] * 5 + [True]
    assert money(paid_wallet) == (0, 0, 0)


def test_a_payment_in_suspense_goes_back_from_there(wallet):
    in_suspense()
    assert reversals.reverse_payment("UKSUSP0001", actor="operator:1", reason="14 days")
    assert broken(verify()[0]) == {}
    assert balance(wallet) == 0


def test_an_unknown_receipt_cannot_be_reversed():
    with pytest.raises(RefundRefused):
        reverse()


def test_a_refund_holds_the_money_before_m_pesa_is_asked_and_takes_it_at_the_result(
    paid_wallet, script
):
    script.on("reversal", ACK)
    made = refund()
    assert money(paid_wallet) == (50_000, 50_000, 0)
    assert script.bodies("reversal") == []
    reversals.send_refund(str(made.id))
    (sent,) = script.bodies("reversal")
    assert (sent["TransactionID"], sent["Amount"]) == (RECEIPT, 500)
    assert sent["RecieverIdentifierType"] == "11"
    assert tell_result(made) == "done"
    assert money(paid_wallet) == (0, 0, 0)
    assert tell_result(made) == "done"
    assert MpesaReceipt.objects.get().status == "reversed"
    assert broken(verify()[0]) == {}


def test_a_refund_needs_the_money_to_be_free(paid_wallet, script):
    spend(paid_wallet, 1)
    with pytest.raises(InsufficientBalance):
        refund()
    assert Refund.objects.count() == 0


def test_a_refund_that_fails_gives_the_money_back_and_may_be_tried_again(paid_wallet, script):
    script.on("reversal", ACK)
    made = refund()
    reversals.send_refund(str(made.id))
    assert tell_result(made, code="R000002") == "failed"
    assert money(paid_wallet) == (50_000, 0, 0)
    again = refund()
    reversals.send_refund(str(again.id))
    assert tell_result(again) == "done"
    assert money(paid_wallet) == (0, 0, 0)
    assert broken(verify()[0]) == {}


def test_a_refund_that_daraja_refuses_gives_the_money_back(paid_wallet, script):
    script.on("reversal", (400, {"errorCode": "400.002.02", "errorMessage": "Bad Request"}))
    made = refund()
    reversals.send_refund(str(made.id))
    made.refresh_from_db()
    assert (made.status, money(paid_wallet)) == ("failed", (50_000, 0, 0))


def test_a_refund_without_an_answer_is_never_sent_again_and_waits(paid_wallet, script):
    script.on("reversal", (200, HANG_UP))
    made = refund()
    for _ in range(3):
        reversals.send_refund(str(made.id))
    made.refresh_from_db()
    assert (made.status, money(paid_wallet)) == ("unknown", (50_000, 50_000, 0))
    assert len(script.bodies("reversal")) == 1
    assert tell_result(made, conversation="AG_any") == "done"
    assert money(paid_wallet) == (0, 0, 0)


def test_two_refunds_of_one_payment_are_one(paid_wallet, script):
    results = together(4, lambda index: refund(actor=f"operator:{index}"))
    assert sum(isinstance(each, Refund) for each in results) == 1
    assert money(paid_wallet) == (50_000, 50_000, 0)


def test_a_forged_or_foreign_result_changes_nothing(paid_wallet, script):
    script.on("reversal", ACK)
    made = refund()
    reversals.send_refund(str(made.id))
    assert tell_result(made, conversation="AG_other") == "sent"
    body = json.dumps({"Result": {"ResultCode": 0}})
    Client().post(f"/h/{'0' * 32}/r", data=body, content_type="application/json")
    process_all()
    assert money(paid_wallet) == (50_000, 50_000, 0)


def test_a_reversal_by_the_statement_ends_an_open_refund(paid_wallet, script):
    script.on("reversal", ACK)
    made = refund()
    reversals.send_refund(str(made.id))
    assert reverse()
    assert money(paid_wallet) == (0, 0, 0)
    assert tell_result(made) == "failed"
    assert money(paid_wallet) == (0, 0, 0)
    assert broken(verify()[0]) == {}


def test_the_whole_way_back_to_the_phone(wallet, registered, sandbox, settings):
    settings.DARAJA_INITIATOR = "api:credential"
    pay(sandbox, registered, account=reference_of(wallet))
    wait_for(lambda: process_all() or balance(wallet) == 125_000)
    made = refund(receipt_no=MpesaReceipt.objects.get().receipt_no)
    reversals.send_refund(str(made.id))

    def done():
        process_all()
        made.refresh_from_db()
        return made.status == "done"

    wait_for(done)
    assert balance(wallet) == 0
    assert sandbox.phone(registered)["mpesa"]["balance_minor"] == 500_000_00


def test_a_result_after_the_hold_ended_is_booked_all_the_same(paid_wallet, script):
    from wallet.services import void_hold

    script.on("reversal", ACK)
    made = refund()
    reversals.send_refund(str(made.id))
    assert void_hold(hold_id=made.hold_id)
    spend(paid_wallet, 40_000)
    assert tell_result(made) == "done"
    assert money(paid_wallet) == (0, 0, 40_000)
    assert broken(verify()[0]) == {}


def test_operators_refund_and_record_reversals_in_the_admin(paid_wallet, script):
    client = operator("c@sautikit.example")
    press = {"_selected_action": RECEIPT, "reason": "Ticket 4711"}
    client.post("/admin/wallet/mpesareceipt/", press | {"action": "refund"})
    assert Refund.objects.get().status == "asked"
    client.post("/admin/wallet/mpesareceipt/", press | {"action": "record_reversal"})
    assert money(paid_wallet) == (0, 0, 0)
    assert client.get("/admin/wallet/refund/").status_code == 200
