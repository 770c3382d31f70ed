"""What Daraja checks in a push or a query before it accepts it."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from sandbox.config import SAME_MACHINE, DarajaApp
from sandbox.daraja.replies import RefusalError, invalid

EAT = timezone(timedelta(hours=3), "EAT")
CLOCK_SKEW_MAX = timedelta(minutes=10)
AMOUNT_MAX = 250_000
TYPES = ("CustomerPayBillOnline", "CustomerBuyGoodsOnline")
FORBIDDEN_IN_URL = re.compile(r"mpesa|safaricom|exe|cmd|sql|query", re.IGNORECASE)
MSISDN = re.compile(r"254[17]\d{8}")

# JSON from a client: any shape until it is checked.
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A push whose every field was accepted."""

    e164: str
    amount: int
    reference: str
    shortcode: str
    callback_url: str
    is_permitted: bool


def check_push(body: Body, app: DarajaApp) -> PushRequest:
    """Read a push request, or raise the RefusalError that Daraja would answer."""
    shortcode = check_shortcode(body)
    if body.get("TransactionType") not in TYPES:
        raise invalid("TransactionType")
    amount = check_amount(body.get("Amount"))
    payer = check_msisdn(body, "PartyA")
    phone = check_msisdn(body, "PhoneNumber")
    party_b = text_of(body, "PartyB")
    if not re.fullmatch(r"\d{5,7}", party_b):
        raise invalid("PartyB")
    callback_url = check_callback_url(body.get("CallBackURL"))
    reference = check_text(body, "AccountReference", 12)
    check_text(body, "TransactionDesc", 13, said_as="Remarks")
    check_password(body, app, shortcode)
    return PushRequest(
        e164=f"+{phone}",
        amount=amount,
        reference=reference,
        shortcode=shortcode,
        callback_url=callback_url,
        is_permitted=party_b == shortcode
        and payer == phone
        and body["TransactionType"] == TYPES[0],
    )


def check_query(body: Body, app: DarajaApp) -> str:
    """Read a query and return its checkout id, or raise a RefusalError."""
    shortcode = check_shortcode(body)
    checkout_id = text_of(body, "CheckoutRequestID")
    if not checkout_id:
        raise invalid("CheckoutRequestID")
    check_password(body, app, shortcode)
    return checkout_id


def check_shortcode(body: Body) -> str:
    shortcode = text_of(body, "BusinessShortCode")
    if not re.fullmatch(r"\d{5,7}", shortcode):
        raise invalid("BusinessShortCode")
    return shortcode


def check_password(body: Body, app: DarajaApp, shortcode: str) -> None:
    """Compare the password with shortcode, passkey and an East African timestamp."""
    timestamp = text_of(body, "Timestamp")
    said_at = read_timestamp(timestamp)
    if said_at is None:
        raise invalid("Timestamp")
    if shortcode != app.shortcode:
        raise RefusalError(500, "500.001.1001", "Merchant does not exist")
    expected = base64.b64encode(f"{shortcode}{app.passkey}{timestamp}".encode()).decode()
    is_now = abs(datetime.now(EAT) - said_at) <= CLOCK_SKEW_MAX
    if text_of(body, "Password") != expected or not is_now:
        raise RefusalError(500, "500.001.1001", "Wrong credentials")


def read_timestamp(timestamp: str) -> datetime | None:
    if not re.fullmatch(r"\d{14}", timestamp):
        return None
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=EAT)
    except ValueError:
        return None


def check_amount(value: object) -> int:
    """Take a whole number of shillings, written as a number or as digits."""
    is_whole = (type(value) is int) or (
        isinstance(value, str) and value.isascii() and value.isdigit()
    )
    if not is_whole or not 1 <= int(str(value)) <= AMOUNT_MAX:
        raise invalid("Amount")
    return int(str(value))


def check_msisdn(body: Body, field: str) -> str:
    number = text_of(body, field)
    if not MSISDN.fullmatch(number):
        raise invalid(field)
    return number


def check_callback_url(value: object, *, said_as: str = "CallBackURL") -> str:
    """Accept https anywhere and plain http on this machine, without the words Daraja blocks."""
    if not isinstance(value, str) or re.search(r"\s", value) or FORBIDDEN_IN_URL.search(value):
        raise invalid(said_as)
    address = urlsplit(value)
    is_allowed = address.scheme == "https" or (
        address.scheme == "http" and address.hostname in SAME_MACHINE
    )
    if not is_allowed or not address.hostname or address.netloc != address.netloc.lower():
        raise invalid(said_as)
    return value


def check_text(body: Body, field: str, length_max: int, *, said_as: str = "") -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > length_max:
        raise invalid(said_as or field)
    return value


def text_of(body: Body, field: str) -> str:
    """Take a field that Safaricom's own samples write both as a number and as text."""
    value = body.get(field)
    return str(value) if isinstance(value, str) or type(value) is int else ""
