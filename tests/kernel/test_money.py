import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money, affordable_seconds, call_cost, vat_inside, vat_on


def test_forty_seven_seconds_at_three_shillings_cost_two_thirty_five():
    assert call_cost(47, 300) == 235


@pytest.mark.parametrize(
    ("seconds", "rate", "cost"), [(0, 300, 0), (1, 300, 5), (7, 250, 30), (60, 300, 300), (1, 1, 1)]
)
def test_a_call_is_rounded_up_once(seconds, rate, cost):
    assert call_cost(seconds, rate) == cost


@given(st.integers(0, 10**9), st.integers(1, 10**5))
def test_affordable_seconds_is_the_most_that_fits(available, rate):
    seconds = affordable_seconds(available, rate)
    assert call_cost(seconds, rate) <= available < call_cost(seconds + 1, rate)


def test_vat_inside_a_gross_price_and_on_a_net_price():
    assert (vat_inside(235), vat_on(10_000), vat_on(3_000)) == (32, 1600, 480)


def test_money_reads_as_people_write_it():
    assert str(Money(125_000, "KES")) == "KES 1,250.00"
    assert str(Money(-5, "KES")) == "KES -0.05"


@pytest.mark.parametrize("text", ["1.234", "abc", "", "NaN", "1e-9"])
def test_text_that_is_no_exact_amount_is_refused(text):
    with pytest.raises(ValueError):
        Money.parse(text, "KES")


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_only_whole_numbers_are_money(minor):
    with pytest.raises(TypeError):
        Money(minor, "KES")


def test_two_currencies_never_add():
    with pytest.raises(TypeError):
        Money(1, "KES") + Money(1, "USD")
