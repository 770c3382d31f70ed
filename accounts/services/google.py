"""Signing in with Google: OpenID Connect's code flow with state, nonce and PKCE."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.models import Identity, User
from accounts.person_errors import (
    GoogleExchangeFailed,
    GoogleNotConfigured,
    GoogleStateMismatch,
    GoogleUnverified,
)
from accounts.services.sign_in import SignIn
from kernel import audit, clock, http, signing

PATH = "/signin/google/callback"
SCOPES = "openid email profile"
TRY_LASTS_SECONDS = 600
CLOCKS_DIFFER_SECONDS = 60
ALGORITHMS = ["RS256", "ES256", "PS256"]
FACTS_LAST_SECONDS = 3600

_facts: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class Try:
    """What a browser keeps between leaving for Google and coming back."""

    state: str
    nonce: str
    verifier: str
    next_url: str
    begun_at: int

    def kept(self) -> dict[str, Any]:
        """Return what the session stores."""
        return asdict(self)


def is_offered() -> bool:
    """Tell whether this installation has a client at Google."""
    return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)


def begin(*, next_url: str) -> tuple[Try, str]:
    """Make what the browser keeps, and the address it goes to.

    Raises GoogleNotConfigured and GoogleExchangeFailed.
    """
    if not is_offered():
        raise GoogleNotConfigured()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    fresh = Try(state, nonce, verifier, next_url, int(time.time()))
    challenge = hashlib.sha256(fresh.verifier.encode()).digest()
    query = {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": settings.PUBLIC_URL + PATH,
        "response_type": "code",
        "scope": SCOPES,
        "state": fresh.state,
        "nonce": fresh.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return fresh, f"{_provider()['authorization_endpoint']}?{urlencode(query)}"


# What the session kept is whatever it kept.
def finish(kept: Any, *, state: str, code: str) -> SignIn:
    """Let in whoever Google names; an address that we know is linked when Google verified it.

    Raises GoogleStateMismatch, GoogleExchangeFailed and GoogleUnverified.
    """
    if not is_offered():
        raise GoogleNotConfigured()
    begun = _begun(kept, state)
    claims = _claims(_exchange(code, begun.verifier), begun.nonce)
    if claims.get("email_verified") is not True or not claims.get("email"):
        raise GoogleUnverified()
    with transaction.atomic():
        return _sign_in(claims, begun.next_url)


def unlink(user: User) -> int:
    """Let Google no longer sign a person in; the mailbox always does."""
    with transaction.atomic():
        count, _rows = Identity.objects.filter(user=user).delete()
        if count:
            audit.record("identity.unlinked", actor=f"user:{user.pk}", subject=f"user:{user.pk}")
    return count


def _begun(kept: Any, state: str) -> Try:
    if not isinstance(kept, dict) or not signing.same(str(kept.get("state", "")), state):
        raise GoogleStateMismatch()
    begun = Try(**kept)
    if time.time() - begun.begun_at > TRY_LASTS_SECONDS:
        raise GoogleStateMismatch()
    return begun


def _sign_in(claims: dict[str, Any], next_url: str) -> SignIn:
    moment = clock.now()
    email = str(claims["email"]).strip().lower()
    known = Identity.objects.select_related("user").filter(
        issuer=settings.GOOGLE_ISSUER, subject=str(claims["sub"])
    )
    row = known.first()
    created = False
    if row is None:
        user, created = _user_of(email, str(claims.get("name") or ""))
        row = Identity.objects.create(
            user=user, issuer=settings.GOOGLE_ISSUER, subject=str(claims["sub"]), email=email
        )
        audit.record("identity.linked", actor=f"user:{user.pk}", subject=f"user:{user.pk}")
    if not row.user.is_active:
        raise GoogleExchangeFailed()
    row.last_used_at = moment
    row.save(update_fields=["last_used_at"])
    return SignIn(row.user, created, next_url)


def _user_of(email: str, name: str) -> tuple[User, bool]:
    user = User.objects.filter(email=email).first()
    created = user is None
    if user is None:
        user = User.objects.create_user(email, name[:120])
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user, created


def _exchange(code: str, verifier: str) -> str:
    """Change the code for the token that says who it is."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": settings.PUBLIC_URL + PATH,
        "client_id": settings.GOOGLE_CLIENT_ID,
        "client_secret": settings.GOOGLE_CLIENT_SECRET,
        "code_verifier": verifier,
    }
    answer = _ask("POST", _provider()["token_endpoint"], urlencode(form).encode())
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise GoogleExchangeFailed()
    return token


# Claims are whatever the provider signed; each is checked where it is used.
def _claims(token: str, nonce: str) -> dict[str, Any]:
    """Read a token after checking who signed it, for whom, when, and for which try."""
    try:
        key = _key_of(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=ALGORITHMS,
            audience=settings.GOOGLE_CLIENT_ID,
            issuer=[settings.GOOGLE_ISSUER, settings.GOOGLE_ISSUER.removeprefix("https://")],
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
    except jwt.PyJWTError as problem:
        raise GoogleExchangeFailed() from problem
    if not signing.same(str(claims.get("nonce", "")), nonce):
        raise GoogleExchangeFailed()
    return claims


def _key_of(token: str) -> jwt.PyJWK:
    """Find the key that a token names; keys change, so they are read anew when it is missing."""
    name = jwt.get_unverified_header(token).get("kid")
    for is_second_look in (False, True):
        address = _provider()["jwks_uri"]
        if is_second_look:
            _facts.pop(address, None)
        keys = jwt.PyJWKSet.from_dict(_kept(address)).keys
        for key in keys:
            if key.key_id == name:
                return key
    raise GoogleExchangeFailed()


def _provider() -> dict[str, Any]:
    found = _kept(f"{settings.GOOGLE_ISSUER}/.well-known/openid-configuration")
    if found.get("issuer") != settings.GOOGLE_ISSUER:
        raise GoogleExchangeFailed()
    return found


def _kept(address: str) -> dict[str, Any]:
    """Fetch what changes rarely, once an hour."""
    until, found = _facts.get(address, (0.0, {}))
    if time.monotonic() >= until:
        found = _ask("GET", address)
        _facts[address] = (time.monotonic() + FACTS_LAST_SECONDS, found)
    return found


def _ask(method: str, url: str, body: bytes | None = None) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        reply = http.request(method, url, headers=headers, body=body, trusted=True)
        found = reply.json() if reply.status == 200 else None
    except (http.HttpFailed, ValueError) as problem:
        raise GoogleExchangeFailed() from problem
    if not isinstance(found, dict):
        raise GoogleExchangeFailed()
    return found
