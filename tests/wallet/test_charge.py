from datetime import timedelta

import pytest
from django.db import connection, transaction

from kernel import clock
from kernel.models import Event
from tests.wallet.books import facts, ledger_of, make_wallet
from wallet.errors import InsufficientBalance, InvalidAmount, KeyReused, WalletNotFound
from wallet.services import charge, credit, place_hold, set_threshold

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_charge_books_net_and_vat_apart():
    wallet = make_wallet(1000)
    posting = charge(**facts(wallet))
    assert posting.balance_after_minor == 765
    assert ledger_of(wallet)[2:] == [
        ("call", "wallet", -235, 765),
        ("call", "revenue:call", 203, None),
        ("call", "vat_payable", 32, None),
    ]


def test_a_charge_without_vat_has_no_vat_line():
    wallet = make_wallet(1000)
    charge(**facts(wallet, net_minor=1000, vat_minor=0))
    assert [row[1] for row in ledger_of(wallet)[2:]] == ["wallet", "revenue:call"]


def test_the_same_key_and_facts_return_the_first_posting():
    wallet = make_wallet(1000)
    first = charge(**facts(wallet))
    again = charge(**facts(wallet))
    assert (again.id, again.balance_after_minor) == (first.id, first.balance_after_minor)
    wallet.refresh_from_db()
    assert wallet.balance_minor == 765


@pytest.mark.parametrize(
    "change",
    [{"net_minor": 204}, {"vat_minor": 31}, {"call_id": "0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"}],
)
def test_the_same_key_with_other_facts_is_refused(change):
    wallet = make_wallet(1000)
    charge(**facts(wallet))
    with pytest.raises(KeyReused):
        charge(**facts(wallet, **change))


def test_a_credit_cannot_pass_for_the_charge_of_the_same_key():
    wallet = make_wallet(1000)
    charge(**facts(wallet))
    with pytest.raises(KeyReused):
        credit(**facts(wallet))


def test_a_charge_beyond_the_balance_says_what_is_there_and_what_it_needs():
    wallet = make_wallet(200)
    with pytest.raises(
        InsufficientBalance, match=r"The wallet holds KES 2\.00; this needs KES 3\.00\."
    ):
        charge(**facts(wallet, net_minor=300, vat_minor=0))


def test_held_money_cannot_be_charged():
    wallet = make_wallet(300)
    place_hold(
        workspace_id=wallet.workspace_id,
        mode="live",
        amount_minor=100,
        key="h",
        expires_at=clock.now() + timedelta(minutes=1),
    )
    with pytest.raises(InsufficientBalance, match=r"holds KES 2\.00; this needs KES 2\.35"):
        charge(**facts(wallet))


def test_a_workspace_that_owes_cannot_spend_and_a_credit_pays_the_debt_first():
    wallet = make_wallet(1000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_wallet SET receivable_minor = 400 WHERE id = %s", [wallet.id])
    with pytest.raises(InsufficientBalance, match=r"holds KES 10\.00; this needs KES 6\.35"):
        charge(**facts(wallet))
    credit(**facts(wallet, kind="topup", key="R1", net_minor=1000, vat_minor=0))
    wallet.refresh_from_db()
    assert (wallet.balance_minor, wallet.receivable_minor) == (1600, 0)
    assert ledger_of(wallet)[2:] == [
        ("topup", "wallet", 600, 1600),
        ("topup", "receivable", 400, None),
        ("topup", "mpesa_clearing", -1000, None),
    ]


def test_a_top_up_of_a_test_wallet_never_touches_the_mpesa_account():
    wallet = make_wallet(mode="test")
    credit(**facts(wallet, kind="topup", key="T1", net_minor=1000, vat_minor=0))
    assert [row[1] for row in ledger_of(wallet)] == ["wallet", "trial"]


@pytest.mark.parametrize("amounts", [(0, 0), (-1, 0), (1, -1), (1.5, 0), (True, 0)])
def test_an_amount_is_a_positive_whole_number(amounts):
    wallet = make_wallet(1000)
    with pytest.raises(InvalidAmount):
        charge(**facts(wallet, net_minor=amounts[0], vat_minor=amounts[1]))


def test_a_workspace_without_a_wallet_is_a_problem():
    wallet = make_wallet(1000)
    with pytest.raises(WalletNotFound):
        charge(**facts(wallet, mode="test"))


@pytest.mark.parametrize("inside", [True, False])
def test_low_balance_is_told_once_per_downward_crossing(inside):
    wallet = make_wallet(1000)
    set_threshold(workspace_id=wallet.workspace_id, mode="live", threshold_minor=700)

    def spend(key):
        if inside:
            with transaction.atomic():
                return charge(**facts(wallet, key=key))
        return charge(**facts(wallet, key=key))

    spend("a")
    assert Event.objects.count() == 0
    spend("b")
    spend("c")
    told = Event.objects.get()
    assert told.kind == "wallet.low_balance"
    assert told.payload == {
        "balance_minor": 530,
        "currency": "KES",
        "threshold_minor": 700,
        "minutes_left": 1,
    }
    credit(**facts(wallet, kind="adjustment", key="more", net_minor=1000, vat_minor=0))
    for key in "defg":
        spend(key)
    assert [e.payload["balance_minor"] for e in Event.objects.order_by("id")] == [530, 590]


def test_a_charge_outside_a_transaction_is_one_statement(django_assert_num_queries):
    wallet = make_wallet(1000)
    with django_assert_num_queries(1):
        charge(**facts(wallet))
