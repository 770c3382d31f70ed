"""Where a call may go: number syntax, the country guard, the fixed numbers of test mode."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

from calls.errors import DestinationDenied
from kernel.errors import BadRequest

E164 = re.compile(r"\+[1-9]\d{6,14}")
HOME_PREFIX = "+254"
# A handset of the sandbox may sit on any Kenyan mobile-looking number, dealt out or not.
SANDBOX_HANDSET = re.compile(r"\+254[17]\d{8}")
FIXED_BEHAVIOUR = frozenset(f"+25471100000{digit}" for digit in range(1, 10))
PERSON_TYPES = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
TO_MAX = 10


def is_e164(text: str) -> bool:
    return E164.fullmatch(text) is not None


def country_of(e164: str) -> str | None:
    """Return the ISO code of the country a number belongs to, or None."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return None


def check_list(to: Iterable[str]) -> list[str]:
    """Return the far ends once each, in their order; raises BadRequest naming the bad one."""
    found = list(dict.fromkeys(to))
    if not found:
        raise BadRequest(fields=[("to", "name at least one number to call")])
    if len(found) > TO_MAX:
        raise BadRequest(fields=[("to", f"at most {TO_MAX} numbers can be called at once")])
    bad = [
        (f"to[{place}]", "must be E.164 with a leading +, like +254712345678")
        for place, e164 in enumerate(found)
        if not is_e164(e164)
    ]
    if bad:
        raise BadRequest(fields=bad)
    return found


def check_allowed(e164: str, *, mode: str, extra_prefixes: Iterable[str]) -> None:
    """Raise DestinationDenied unless the workspace may call this number in this mode."""
    if mode == "test":
        allowed = settings.TEST_CARRIER and e164 in FIXED_BEHAVIOUR
    elif e164.startswith(HOME_PREFIX):
        allowed = _is_person(e164)
    else:
        allowed = any(e164.startswith(prefix) for prefix in extra_prefixes)
    if not allowed:
        raise DestinationDenied(e164=e164)


def _is_person(e164: str) -> bool:
    """A Kenyan fixed or mobile number that is dealt out, or a handset of the sandbox."""
    if settings.SANDBOX and SANDBOX_HANDSET.fullmatch(e164):
        return True
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in PERSON_TYPES
