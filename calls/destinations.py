"""Where a call may go: number syntax, the country guard, the fixed numbers of test mode."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

from calls.errors import DestinationDenied
from kernel.errors import BadRequest
from kernel.phrases import Phrase

E164 = re.compile(r"\+[1-9]\d{6,14}")
E164_RULE = Phrase("must be E.164 with a leading +, like +254712345678")
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
# Where calls are pumped to for a share of their price: satellite and international premium codes,
# and the countries and islands that lead the lists of such fraud. Premium numbers of every other
# numbering plan, Kenya's +254 900 among them, are refused by their type.
FRAUD_PREFIXES = (
    "+1242", "+1246", "+1264", "+1268", "+1284", "+1345", "+1441", "+1473", "+1649", "+1664",
    "+1721", "+1758", "+1767", "+1784", "+1809", "+1829", "+1849", "+1868", "+1869", "+1876",
    "+1900", "+216", "+220", "+222", "+224", "+231", "+232", "+235", "+236", "+239", "+240",
    "+245", "+246", "+247", "+252", "+257", "+261", "+269", "+290", "+291", "+297", "+298",
    "+299", "+355", "+370", "+371", "+372", "+373", "+374", "+375", "+381", "+382", "+383",
    "+387", "+500", "+501", "+503", "+509", "+53", "+590", "+592", "+597", "+670", "+672",
    "+674", "+675", "+676", "+677", "+678", "+679", "+680", "+681", "+682", "+683", "+685",
    "+686", "+687", "+688", "+689", "+690", "+691", "+692", "+850", "+870", "+878", "+881",
    "+882", "+883", "+888", "+960", "+963", "+967", "+979", "+994", "+998",
)  # fmt: skip


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
        raise BadRequest(fields=[("to", Phrase("name at least one number to call"))])
    if len(found) > TO_MAX:
        rule = Phrase("at most {most} numbers can be called at once", most=TO_MAX)
        raise BadRequest(fields=[("to", rule)])
    bad: list[tuple[str, str]] = [
        (f"to[{place}]", E164_RULE) for place, e164 in enumerate(found) if not is_e164(e164)
    ]
    if bad:
        raise BadRequest(fields=bad)
    return found


def check_allowed(e164: str, *, mode: str, extra_prefixes: Iterable[str]) -> None:
    """Raise DestinationDenied unless the workspace may call this number in this mode."""
    if mode == "test":
        allowed = settings.TEST_CARRIER and e164 in FIXED_BEHAVIOUR
    else:
        opened = [prefix for prefix in (HOME_PREFIX, *extra_prefixes) if e164.startswith(prefix)]
        allowed = bool(opened) and not _is_fraud_range(e164, opened) and _is_person(e164)
    if not allowed:
        raise DestinationDenied(e164=e164)


def _is_fraud_range(e164: str, opened: Iterable[str]) -> bool:
    """True inside a range of toll fraud, unless an operator opened the very range or part of it."""
    return any(
        e164.startswith(risky) and not any(prefix.startswith(risky) for prefix in opened)
        for risky in FRAUD_PREFIXES
    )


def _is_person(e164: str) -> bool:
    """A fixed or mobile number that is dealt out, or a handset of the sandbox; never premium."""
    if settings.SANDBOX and SANDBOX_HANDSET.fullmatch(e164):
        return True
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in PERSON_TYPES
