"""Rounding and the ledger under invented histories."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.money import affordable_seconds, call_cost, vat_inside, vat_on
from tests.wallet.books import assert_books_are_right, facts, make_wallet
from wallet.errors import InsufficientBalance
from wallet.services import charge, credit


@given(st.integers(0, 14_400), st.integers(0, 10_000))
def test_a_call_costs_at_least_its_exact_price_and_less_than_a_cent_more(seconds, rate):
    exact_sixtieths = seconds * rate
    assert exact_sixtieths <= call_cost(seconds, rate) * 60 < exact_sixtieths + 60


@given(st.integers(0, 10**12), st.integers(1, 10_000))
def test_what_can_be_afforded_is_covered_and_one_second_more_is_not(money, rate):
    seconds = affordable_seconds(money, rate)
    assert call_cost(seconds, rate) <= money < call_cost(seconds + 1, rate)


@given(st.integers(0, 10**12))
def test_vat_parts_add_up_and_are_half_up(amount):
    inside = vat_inside(amount)
    assert abs(inside * 11_600 - amount * 1_600) * 2 <= 11_600
    assert abs(vat_on(amount) * 10_000 - amount * 1_600) * 2 <= 10_000
    assert amount - inside + inside == amount


def test_the_published_examples():
    assert (call_cost(47, 300), vat_inside(235), call_cost(7, 250)) == (235, 32, 30)
    assert vat_on(10_000) == 1_600


steps = st.lists(
    st.tuples(st.booleans(), st.integers(1, 5_000), st.integers(0, 800)), min_size=1, max_size=25
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_any_history_keeps_the_books_right(history):
    wallet = make_wallet()
    expected = 0
    for index, (is_credit, net, vat) in enumerate(history):
        move = facts(wallet, net_minor=net, vat_minor=vat, key=str(index))
        if is_credit:
            expected += net + vat
            assert credit(**move).balance_after_minor == expected
        elif net + vat <= expected:
            expected -= net + vat
            assert charge(**move).balance_after_minor == expected
        else:
            with pytest.raises(InsufficientBalance):
                charge(**move)
    wallet.refresh_from_db()
    assert wallet.balance_minor == expected
    assert_books_are_right()
