"""Signatures: webhooks (our header and Standard Webhooks), stream tokens, keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode


def keyed_hash(key: str, *parts: str) -> str:
    """Return hex HMAC-SHA256 of the parts, joined so that no two lists collide."""
    message = "\x1f".join(parts).encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """Return lower-case hex HMAC-SHA256 over body + "." + timestamp, the body first."""
    message = body + b"." + str(timestamp).encode()
    return hmac.digest(secret.encode(), message, "sha256").hex()


def signature_header(secrets_in_force: list[str], body: bytes, timestamp: int) -> str:
    """Return `t=…,v1=…`, with one `v1` for each secret in force."""
    marks = [f"v1={signature(secret, body, timestamp)}" for secret in secrets_in_force]
    return ",".join([f"t={timestamp}", *marks])


def standard_webhooks_signature(
    secrets_in_force: list[str], event_id: str, body: bytes, timestamp: int
) -> str:
    """Return the `webhook-signature` value; source: the Standard Webhooks specification 1.0."""
    message = f"{event_id}.{timestamp}.".encode() + body
    marks = []
    for secret in secrets_in_force:
        key = b64decode(secret.removeprefix("whsec_"))
        digest = hmac.digest(key, message, "sha256")
        marks.append("v1," + b64encode(digest).decode())
    return " ".join(marks)


def make_token(key: str, *parts: str) -> str:
    """Return a URL-safe token that names its parts and cannot be made without the key."""
    text = "\x1f".join((*parts, keyed_hash(key, *parts)))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_token(key: str, token: str) -> tuple[str, ...] | None:
    """Return the parts of a token we made, or None."""
    try:
        padded = token + "=" * (-len(token) % 4)
        *parts, mark = urlsafe_b64decode(padded.encode()).decode().split("\x1f")
    except ValueError:
        return None
    return tuple(parts) if parts and same(mark, keyed_hash(key, *parts)) else None
