"""What the tax authority calls things: PINs, tax types, rates and item classes; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kernel.money import VAT_BASIS_POINTS
from wallet.chart import Kind

# A person's PIN begins with A, everybody else's with P.
_PIN: Final = re.compile(r"[AP]\d{9}[A-Z]")


def normalise_pin(typed: str) -> str:
    """Return a KRA PIN in its one spelling, P051234567X. Raises ValueError."""
    packed = "".join(typed.split()).replace("-", "").upper()
    if not _PIN.fullmatch(packed):
        raise ValueError(f"{typed!r} is not a KRA PIN")
    return packed


@dataclass(frozen=True, slots=True)
class Supply:
    """How one kind of posting stands on a tax invoice: eTIMS tax type, rate and UNSPSC class."""

    tax_type: str
    rate_basis_points: int
    item_class: str


STANDARD: Final = "B"
_TELEPHONY: Final = "83111500"
_STORAGE: Final = "81112006"
# An adjustment is a supply only when it carries tax; then it corrects one of ours.
_CLASSES: Final = {
    Kind.CALL: _TELEPHONY,
    Kind.RENTAL: _TELEPHONY,
    Kind.RENTAL_REFUND: _TELEPHONY,
    Kind.SUPERVISION: _TELEPHONY,
    Kind.STORAGE: _STORAGE,
    Kind.ADJUSTMENT: _TELEPHONY,
}


def supply_of(kind: str, vat_minor: int) -> Supply | None:
    """Return how a posting is taxed; None for money that is no price of anything."""
    item_class = _CLASSES.get(Kind(kind))
    if item_class is None or (kind == Kind.ADJUSTMENT and vat_minor == 0):
        return None
    return Supply(STANDARD, VAT_BASIS_POINTS, item_class)
