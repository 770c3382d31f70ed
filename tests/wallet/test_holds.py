from datetime import timedelta

import pytest

from kernel import clock
from tests.wallet.books import facts, ledger_of, make_wallet
from wallet.errors import InsufficientBalance, InvalidAmount, KeyReused
from wallet.models import Hold
from wallet.services import capture_hold, charge, expire_holds, grow_hold, place_hold, void_hold

pytestmark = pytest.mark.django_db(transaction=True)


def soon():
    return clock.now() + timedelta(minutes=1)


def place(wallet, amount_minor=300, key="call:1", expires_at=None):
    return place_hold(
        workspace_id=wallet.workspace_id,
        mode=wallet.mode,
        amount_minor=amount_minor,
        key=key,
        expires_at=expires_at or soon(),
    )


def take(hold, net_minor=203, vat_minor=32):
    return capture_hold(
        hold_id=hold.id, net_minor=net_minor, vat_minor=vat_minor, kind="call", description="Call"
    )


def money(wallet):
    wallet.refresh_from_db()
    return wallet.balance_minor, wallet.held_minor


def test_a_hold_sets_money_aside_without_a_posting():
    wallet = make_wallet(1000)
    place(wallet)
    assert money(wallet) == (1000, 300)
    assert len(ledger_of(wallet)) == 2


def test_a_hold_beyond_what_is_free_is_refused():
    wallet = make_wallet(500)
    place(wallet)
    with pytest.raises(InsufficientBalance, match=r"holds KES 2\.00; this needs KES 3\.00"):
        place(wallet, key="call:2")


def test_the_same_key_returns_the_first_hold():
    wallet = make_wallet(1000)
    assert place(wallet).id == place(wallet).id
    assert money(wallet) == (1000, 300)


def test_the_key_of_another_wallet_is_refused():
    place(make_wallet(1000))
    with pytest.raises(KeyReused):
        place(make_wallet(1000))


@pytest.mark.parametrize("amount_minor", [0, -5, 1.5])
def test_a_hold_is_a_positive_whole_amount(amount_minor):
    with pytest.raises(InvalidAmount):
        place(make_wallet(1000), amount_minor)


def test_a_hold_grows_to_a_new_total_while_money_lasts():
    wallet = make_wallet(1000)
    hold = place(wallet)
    later = soon() + timedelta(minutes=5)
    assert grow_hold(hold_id=hold.id, amount_minor=900, expires_at=later)
    assert money(wallet) == (1000, 900)
    assert not grow_hold(hold_id=hold.id, amount_minor=1001, expires_at=later)
    assert grow_hold(hold_id=hold.id, amount_minor=100, expires_at=soon())
    hold.refresh_from_db()
    assert (hold.amount_minor, hold.expires_at) == (900, later)


def test_a_capture_takes_the_cost_and_gives_the_rest_back():
    wallet = make_wallet(1000)
    hold = place(wallet)
    posting = take(hold)
    assert posting.balance_after_minor == 765
    assert posting.source_ref == "call:1"
    assert money(wallet) == (765, 0)
    assert ledger_of(wallet)[2:] == [
        ("call", "wallet", -235, 765),
        ("call", "revenue:call", 203, None),
        ("call", "vat_payable", 32, None),
    ]


def test_a_repeated_capture_returns_the_first_posting():
    wallet = make_wallet(1000)
    hold = place(wallet)
    assert take(hold).id == take(hold).id
    assert money(wallet) == (765, 0)
    with pytest.raises(KeyReused):
        take(hold, 100, 16)


def test_a_capture_of_nothing_gives_everything_back():
    wallet = make_wallet(1000)
    hold = place(wallet)
    assert take(hold, 0, 0) is None
    assert take(hold, 0, 0) is None
    assert money(wallet) == (1000, 0)
    hold.refresh_from_db()
    assert (hold.status, hold.posting_id) == ("captured", None)


def test_a_capture_may_take_all_of_a_hold_that_holds_all_of_the_wallet():
    wallet = make_wallet(235)
    take(place(wallet, 235))
    assert money(wallet) == (0, 0)


def test_a_capture_of_more_than_the_hold_is_a_bug():
    hold = place(make_wallet(1000), 100)
    with pytest.raises(AssertionError, match="over"):
        take(hold)


def test_a_void_gives_everything_back_once():
    wallet = make_wallet(1000)
    hold = place(wallet)
    assert void_hold(hold_id=hold.id)
    assert not void_hold(hold_id=hold.id)
    assert take(hold) is None
    assert not grow_hold(hold_id=hold.id, amount_minor=400, expires_at=soon())
    assert money(wallet) == (1000, 0)


def test_only_holds_whose_time_is_over_expire():
    wallet = make_wallet(1000)
    old = place(wallet, 300, "old", clock.now() - timedelta(seconds=1))
    place(wallet, 200, "new")
    assert expire_holds() == 1
    assert expire_holds() == 0
    old.refresh_from_db()
    assert old.status == "expired"
    assert money(wallet) == (1000, 200)


def test_capture_crosses_the_threshold_with_an_event():
    from kernel.models import Event
    from wallet.services import set_threshold

    wallet = make_wallet(1000)
    set_threshold(workspace_id=wallet.workspace_id, mode="live", threshold_minor=800)
    take(place(wallet))
    assert Event.objects.get().payload["balance_minor"] == 765


def test_a_hold_that_ended_cannot_be_changed_in_the_database():
    from django.db import IntegrityError

    hold = place(make_wallet(1000))
    void_hold(hold_id=hold.id)
    with pytest.raises(IntegrityError, match="append-only"):
        Hold.objects.filter(id=hold.id).update(status="placed", closed_at=None)


def test_charges_and_holds_share_the_money():
    wallet = make_wallet(535)
    hold = place(wallet)
    charge(**facts(wallet))
    assert money(wallet) == (300, 300)
    take(hold)
    assert money(wallet) == (65, 0)
