"""Many at once on one wallet, on real transactions."""

from collections import Counter
from datetime import timedelta

import pytest

from kernel import clock
from tests.wallet.books import assert_books_are_right, facts, make_wallet, together
from wallet.models import Hold, Posting
from wallet.services import capture_hold, charge, grow_hold, place_hold, void_hold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_books_are_right():
    yield
    assert_books_are_right()


def outcomes(results):
    return Counter(type(result).__name__ for result in results)


def test_fifty_debits_for_money_that_covers_ten_are_exactly_ten():
    wallet = make_wallet(2350)
    results = together(50, lambda index: charge(**facts(wallet, key=f"call-{index}")))
    assert outcomes(results) == {"Posting": 10, "InsufficientBalance": 40}
    wallet.refresh_from_db()
    assert wallet.balance_minor == 0
    assert sorted(p.balance_after_minor for p in results if isinstance(p, Posting)) == [
        235 * step for step in range(10)
    ]


def test_twenty_charges_with_one_key_are_one():
    wallet = make_wallet(10_000)
    results = together(20, lambda _: charge(**facts(wallet)))
    assert len({result.id for result in results}) == 1
    wallet.refresh_from_db()
    assert wallet.balance_minor == 10_000 - 235


def hold(wallet, key, amount_minor=300):
    return place_hold(
        workspace_id=wallet.workspace_id,
        mode="live",
        amount_minor=amount_minor,
        key=key,
        expires_at=clock.now() + timedelta(minutes=1),
    )


def test_fifty_holds_for_money_that_covers_three_are_exactly_three():
    wallet = make_wallet(1000)
    results = together(50, lambda index: hold(wallet, f"call-{index}"))
    assert outcomes(results) == {"Hold": 3, "InsufficientBalance": 47}
    wallet.refresh_from_db()
    assert wallet.held_minor == 900


def test_twenty_holds_with_one_key_are_one():
    wallet = make_wallet(10_000)
    results = together(20, lambda _: hold(wallet, "one"))
    assert len({result.id for result in results}) == 1


def test_capture_void_and_growth_at_once_end_a_hold_exactly_once():
    for round_ in range(5):
        wallet = make_wallet(1000)
        mine = hold(wallet, f"call-{round_}")

        def act(index, mine=mine):
            if index % 3 == 0:
                return capture_hold(
                    hold_id=mine.id, net_minor=203, vat_minor=32, kind="call", description="Call"
                )
            if index % 3 == 1:
                return void_hold(hold_id=mine.id)
            later = clock.now() + timedelta(minutes=2)
            return grow_hold(hold_id=mine.id, amount_minor=300 + index, expires_at=later)

        results = together(12, act)
        assert not [r for r in results if isinstance(r, Exception)]
        ended = Hold.objects.get(id=mine.id)
        wallet.refresh_from_db()
        assert wallet.held_minor == 0
        if ended.status == "captured":
            assert wallet.balance_minor == 765
        else:
            assert (ended.status, wallet.balance_minor) == ("voided", 1000)


def test_holds_and_charges_of_one_transaction_never_deadlock():
    from django.db import transaction

    wallet = make_wallet(100_000)
    holds = [hold(wallet, f"call-{index}") for index in range(8)]

    def several(index):
        with transaction.atomic():
            for step in range(len(holds)):
                mine = holds[(index * 3 + step) % len(holds)]
                grow_hold(
                    hold_id=mine.id,
                    amount_minor=300 + index,
                    expires_at=clock.now() + timedelta(minutes=3),
                )
            charge(**facts(wallet, key=f"charge-{index}"))

    results = together(8, several)
    assert not [r for r in results if isinstance(r, Exception)]
