"""Kenyan mobile numbers as people type them and as M-Pesa wants them."""

from __future__ import annotations

import re
import unicodedata

_SPACING = re.compile(r"[\s().\-\u00ad\u2010-\u2015]+")
_NATIONAL = re.compile(r"(?:\+?254|00254|0)?([17][0-9]{8})")


def normalise_msisdn(text: str) -> str:
    """Return 254 and nine digits for 07…, 01…, 254… or +254…; raises ValueError.

    No operator's prefix is filtered: M-Pesa lines exist in every block.
    """
    plain = _SPACING.sub("", unicodedata.normalize("NFKC", text))
    found = _NATIONAL.fullmatch(plain)
    if found is None:
        raise ValueError("not a Kenyan mobile number")
    return f"254{found[1]}"


def to_e164(msisdn: str) -> str:
    return f"+{msisdn}"


def mask(e164: str) -> str:
    """Return 0712•••678 for +254712345678."""
    return f"0{e164[4:7]}•••{e164[-3:]}" if len(e164) == 13 else e164


def tail(msisdn: str) -> str:
    """Return the last three digits of a number that may be masked; nothing for a hash."""
    digits = re.findall(r"[0-9]{3}$", msisdn) if len(msisdn) <= 20 else []
    return digits[0] if digits else ""


def full_e164(msisdn: str) -> str:
    """Return +254… of a number that is neither masked nor hashed; nothing otherwise."""
    is_full = len(msisdn) == 12 and msisdn.isascii() and msisdn.isdigit()
    return f"+{msisdn}" if is_full and msisdn.startswith("254") else ""
