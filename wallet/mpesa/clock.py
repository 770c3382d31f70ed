"""Times as Daraja writes them, and the password that contains one."""

from __future__ import annotations

import base64
from datetime import datetime

from kernel.clock import NAIROBI

_FORMAT = "%Y%m%d%H%M%S"


def eat_timestamp(at: datetime) -> str:
    """Write a moment as YYYYMMDDHHmmss in East Africa, whatever the zone of the machine."""
    assert at.tzinfo is not None, "a moment without a zone is not a moment"
    return at.astimezone(NAIROBI).strftime(_FORMAT)


def parse_eat(text: str) -> datetime | None:
    """Read YYYYMMDDHHmmss as East Africa time; None when it is not one."""
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return None
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=NAIROBI)
    except ValueError:
        return None


def stk_password(shortcode: str, passkey: str, timestamp: str) -> str:
    """Return base64 of shortcode, passkey and timestamp; the timestamp goes into the body as it is."""
    return base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode()
