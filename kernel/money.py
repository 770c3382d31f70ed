"""Money as integers of the minor unit, and the only roundings there are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

VAT_BASIS_POINTS = 1600


def div_ceil(numerator: int, denominator: int) -> int:
    """Divide, rounding up."""
    return -(-numerator // denominator)


def div_half_up(numerator: int, denominator: int) -> int:
    """Divide a non-negative number, rounding halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def call_cost(seconds: int, rate_minor_per_minute: int) -> int:
    """Price whole connected seconds, rounded up once: 47 s at 300 is 235."""
    return div_ceil(seconds * rate_minor_per_minute, 60)


def affordable_seconds(available_minor: int, rate_minor_per_minute: int) -> int:
    """Return the most whole seconds whose cost is within the money."""
    return available_minor * 60 // rate_minor_per_minute


def vat_on(net_minor: int, basis_points: int = VAT_BASIS_POINTS) -> int:
    """VAT to add to a price that excludes it, half up: 10000 gives 1600."""
    return div_half_up(net_minor * basis_points, 10_000)


def vat_inside(gross_minor: int, basis_points: int = VAT_BASIS_POINTS) -> int:
    """VAT contained in a price that includes it, half up: 235 gives 32."""
    return div_half_up(gross_minor * basis_points, 10_000 + basis_points)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency; `minor` counts cents, so 300 KES is KES 3.00."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is whole minor units, not {type(self.minor).__name__}")

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        major, cents = divmod(abs(self.minor), 100)
        return f"{self.currency} {sign}{major:,}.{cents:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TypeError(f"{self} and {other} are not the same currency")
        return other.minor

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read "1,250.50"; raises ValueError unless it is an exact number of cents."""
        try:
            amount = Decimal(text.strip().replace(",", ""))
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount") from None
        cents = amount * 100
        if not amount.is_finite() or cents != cents.to_integral_value():
            raise ValueError(f"{text!r} is not a whole number of cents")
        return cls(int(cents), currency)
