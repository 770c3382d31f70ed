"""Webhook signatures: HMAC-SHA256 over body + "." + t, as `X-Sautikit-Signature` carries it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any, Union

from sautikit.errors import SignatureError

TOLERANCE_SECONDS = 300
Body = Union[bytes, str]


def verify_signature(
    body: Body,
    header: str,
    secret: str | Sequence[str],
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
    now: float | None = None,
) -> None:
    """Raise SignatureError unless the raw body was signed with the secret lately.

    Give several secrets while one is being rotated. Works for webhooks and for voice callbacks. Give it the bytes before any parser touched them.
    """
    raw = body.encode() if isinstance(body, str) else body
    pairs = [part.strip().partition("=") for part in (header or "").split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    marks = [value for name, _, value in pairs if name == "v1"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or not marks:
        raise SignatureError("The signature header cannot be read.")
    age = (time.time() if now is None else now) - int(stamps[0])
    if abs(age) > tolerance_seconds:
        raise SignatureError(f"The signature is {int(abs(age))} seconds away from this clock.")
    message = raw + b"." + stamps[0].encode()
    secrets = [secret] if isinstance(secret, str) else secret
    for each in filter(None, secrets):
        wanted = hmac.new(each.encode(), message, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(mark.encode(), wanted.encode()) for mark in marks):
            break
    else:
        raise SignatureError("The body was not signed with this secret.")


# An event holds whatever JSON holds.
def verify_webhook(
    body: Body,
    header: str,
    secret: str | Sequence[str],
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
    now: float | None = None,
) -> dict[str, Any]:
    """Return the event of a webhook whose signature holds; raises SignatureError."""
    verify_signature(body, header, secret, tolerance_seconds=tolerance_seconds, now=now)
    event = json.loads(body)
    if not isinstance(event, dict):
        raise SignatureError("The body is not an event.")
    return event
