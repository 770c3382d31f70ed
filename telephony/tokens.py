"""The tokens of browser clients: JSON Web Tokens (RFC 7519) with HS256, made and read here only."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.conf import settings

from kernel import clock
from kernel.signing import keyed_hash

ISSUER = "sautikit"
AUDIENCE = "webrtc"
HEADER = {"alg": "HS256", "typ": "JWT"}
CHARACTERS_MAX = 2048

# The claims of a token are JSON of our own making.
Claims = dict[str, Any]


def make(claims: Claims, *, lifetime_seconds: int) -> str:
    """Return a token of these claims that dies by itself."""
    now = int(clock.now().timestamp())
    times = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + lifetime_seconds}
    body = ".".join(_encode(json.dumps(part).encode()) for part in (HEADER, {**claims, **times}))
    return f"{body}.{_encode(_mark(body))}"


def read(token: str) -> Claims | None:
    """Return the claims of a living token that we made, or None."""
    body, _, mark = token.rpartition(".")
    if len(token) > CHARACTERS_MAX or not body:
        return None
    try:
        if not hmac.compare_digest(_mark(body), _decode(mark)):
            return None
        claims: Claims = json.loads(_decode(body.partition(".")[2]))
    except ValueError:
        return None
    is_ours = claims.get("iss") == ISSUER and claims.get("aud") == AUDIENCE
    is_alive = claims.get("exp", 0) > clock.now().timestamp()
    return claims if is_ours and is_alive else None


def _mark(body: str) -> bytes:
    key = keyed_hash(settings.PEPPER, "webrtc token").encode()
    return hmac.digest(key, body.encode(), "sha256")


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
