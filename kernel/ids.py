"""Identifiers and secrets: UUIDv7, call session ids, API keys, webhook secrets."""

from __future__ import annotations

import secrets
import uuid
import zlib
from base64 import b64encode
from collections.abc import Callable
from typing import cast

from uuid_utils import compat

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# uuid_utils.compat makes real uuid.UUID objects, monotonic within a process.
uuid7 = cast(Callable[[], uuid.UUID], compat.uuid7)


def session_id() -> str:
    """Return a call session id: `HD_` and 12 lower-case hex characters."""
    return f"HD_{secrets.token_hex(6)}"


def request_id() -> str:
    return f"req_{secrets.token_hex(12)}"


def random_base62(length: int) -> str:
    return "".join(secrets.choice(BASE62) for _ in range(length))


def checksum62(text: str) -> str:
    """Return six base62 characters that tell a mistyped key from an unknown one."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits.append(BASE62[rest])
    return "".join(reversed(digits))


def webhook_secret() -> str:
    """Return `whsec_` and the standard base64 of 32 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
