"""The account reference of a workspace: `TS-`, seven digits and a Damm check digit."""

from __future__ import annotations

import re
import secrets
import unicodedata

# The totally anti-symmetric quasigroup of order 10 from Damm's thesis: it catches every wrong
# digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_LOOKALIKES = str.maketrans("OIL", "011")


def check_digit(digits: str) -> str:
    """Return the digit that makes the whole string check to zero."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def new_reference() -> str:
    """Return a random reference; the caller keeps it unique and never uses one again."""
    digits = str(secrets.randbelow(9_000_000) + 1_000_000)
    return f"TS-{digits}{check_digit(digits)}"


def normalise_reference(text: str) -> str | None:
    """Return the reference that a person meant, or None: any case, spacing, prefix, O for 0."""
    plain = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())
    digits = re.sub(r"^T[S5]", "", plain).translate(_LOOKALIKES)
    if re.fullmatch(r"[1-9][0-9]{7}", digits) is None or check_digit(digits) != "0":
        return None
    return f"TS-{digits}"


def near_references(text: str) -> list[str]:
    """Return the references that one wrong digit or one swap of neighbours may have turned into this."""
    plain = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())
    digits = re.sub(r"^T[S5]", "", plain).translate(_LOOKALIKES)
    if re.fullmatch(r"[0-9]{8}", digits) is None:
        return []
    changed = {
        digits[:at] + other + digits[at + 1 :] for at in range(8) for other in "0123456789"
    } | {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(7)}
    return sorted(found for each in changed if (found := normalise_reference(each)))


def display_reference(reference: str) -> str:
    """Return the reference as pages show it: TS-4821 9038."""
    return f"{reference[:7]} {reference[7:]}"
