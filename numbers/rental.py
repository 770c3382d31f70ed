"""The arithmetic of rent: calendar months in Nairobi, days rounded up once, VAT on top; pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from kernel.money import VAT_BASIS_POINTS, div_ceil, vat_on


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of one calendar month, both ends included."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        assert self.first_on <= self.last_on
        assert month_of(self.first_on) == month_of(self.last_on)

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def days_in_month(self) -> int:
        return days_in_month(self.first_on)

    @property
    def month(self) -> str:
        return month_of(self.first_on)


@dataclass(frozen=True, slots=True)
class Price:
    """Money without and with its tax."""

    net_minor: int
    vat_minor: int

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.vat_minor


def month_of(day: date) -> str:
    """Name the month of a day as YYYY-MM."""
    return f"{day:%Y-%m}"


def days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def rest_of_month(day: date) -> Period:
    """Return the days from this one to the end of its month, this one included."""
    return Period(day, day.replace(day=days_in_month(day)))


def whole_month(day: date) -> Period:
    """Return every day of this one's month."""
    return rest_of_month(day.replace(day=1))


def month_until(day: date) -> Period:
    """Return the days from the 1st to this one."""
    return Period(day.replace(day=1), day)


def price(monthly_price_minor: int, period: Period) -> Price:
    """Price some days of a month, rounded up once, with VAT on the result."""
    net = div_ceil(monthly_price_minor * period.days, period.days_in_month)
    return Price(net, vat_on(net))


def facts(monthly_price_minor: int, period: Period) -> dict[str, object]:
    """Return what a price came from, so that anybody can compute it again."""
    return {
        "monthly_price_minor": monthly_price_minor,
        "days": period.days,
        "days_in_month": period.days_in_month,
        "first_on": period.first_on.isoformat(),
        "last_on": period.last_on.isoformat(),
        "vat_basis_points": VAT_BASIS_POINTS,
        "formula": "ceil(monthly_price_minor * days / days_in_month), VAT half up on it",
    }


def refund(*, monthly_price_minor: int, paid: Price, first_on: date, today: date) -> Price:
    """Return what was paid less the used days, net and VAT apart, never below zero."""
    used = price(monthly_price_minor, Period(first_on, today))
    return Price(max(0, paid.net_minor - used.net_minor), max(0, paid.vat_minor - used.vat_minor))
