"""The arithmetic of rent: every month, every day, and the last second of a Nairobi day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import clock
from numbers import rental
from numbers.rental import Period, Price

days = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))
prices = st.integers(min_value=0, max_value=10_000_000)


@pytest.mark.parametrize(
    ("day", "left", "net", "vat"),
    [
        (date(2026, 11, 1), 30, 10_000, 1_600),
        (date(2026, 11, 22), 9, 3_000, 480),
        (date(2026, 11, 30), 1, 334, 53),
        (date(2026, 12, 31), 1, 323, 52),
        (date(2027, 2, 15), 14, 5_000, 800),
        (date(2028, 2, 1), 29, 10_000, 1_600),
        (date(2028, 2, 29), 1, 345, 55),
        (date(2028, 2, 28), 2, 690, 110),
        (date(2100, 2, 28), 1, 358, 57),
    ],
)
def test_the_rest_of_a_month_is_priced_by_its_own_days(day, left, net, vat):
    period = rental.rest_of_month(day)
    assert period.days == left
    assert rental.price(10_000, period) == Price(net, vat)


@settings(deadline=None)
@given(days, prices)
def test_a_whole_month_costs_exactly_the_monthly_price(day, monthly):
    whole = rental.rest_of_month(day.replace(day=1))
    assert rental.price(monthly, whole).net_minor == monthly


@settings(deadline=None)
@given(days, prices)
def test_a_later_claim_never_costs_more(day, monthly):
    today = rental.rest_of_month(day)
    if today.days > 1:
        tomorrow = rental.rest_of_month(day + timedelta(days=1))
        assert rental.price(monthly, tomorrow).net_minor <= rental.price(monthly, today).net_minor


@settings(deadline=None)
@given(days, prices, st.data())
def test_a_refund_is_what_was_paid_less_the_used_days_and_never_negative(first_on, monthly, data):
    period = rental.rest_of_month(first_on)
    used = data.draw(st.integers(min_value=0, max_value=period.days - 1))
    today = first_on + timedelta(days=used)
    paid = rental.price(monthly, period)
    back = rental.refund(monthly_price_minor=monthly, paid=paid, first_on=first_on, today=today)
    kept = rental.price(monthly, Period(first_on, today))
    assert 0 <= back.net_minor <= paid.net_minor
    assert 0 <= back.vat_minor <= paid.vat_minor
    assert back.net_minor + kept.net_minor == paid.net_minor
    assert back.vat_minor + kept.vat_minor == paid.vat_minor


@settings(deadline=None)
@given(days, prices)
def test_on_the_last_day_nothing_is_left_to_return(day, monthly):
    period = rental.rest_of_month(day)
    paid = rental.price(monthly, period)
    back = rental.refund(monthly_price_minor=monthly, paid=paid, first_on=day, today=period.last_on)
    assert back == Price(0, 0)


@settings(deadline=None)
@given(days)
def test_a_month_falls_apart_into_used_and_left_days_without_a_gap(day):
    before, after = rental.month_until(day), rental.rest_of_month(day)
    assert before.days + after.days == rental.days_in_month(day) + 1
    assert before.month == after.month == rental.month_of(day)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 21, 0, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2028, 2, 28, 20, 59, 59, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2028, 2, 28, 21, 0, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 21, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_ends_at_midnight_in_nairobi(at, day):
    assert clock.nairobi_today(at) == day
