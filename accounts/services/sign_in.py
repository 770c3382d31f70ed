"""Sign-in by mail: ask for a link and a code, and spend exactly one of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum

from accounts.errors import TokenExpired, TokenInvalid, TokenUsed
from accounts.models import MagicLink, User
from kernel import clock, limits, mail, signing

CODE_TRIES_MAX = 3
CODE_MISSES_A_DAY_MAX = 10
HOUR_SECONDS = 3600

CONSUME = """
    UPDATE accounts_magiclink SET consumed_at = %(now)s
     WHERE id = %(id)s AND consumed_at IS NULL AND expires_at > %(now)s
 RETURNING email, next_url
"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who won a sign-in and where they wanted to go."""

    user: User
    created: bool
    next_url: str


def request_magic_link(*, email: str, browser: str, ip: str, next_url: str = "") -> None:
    """Mail a link and a code to the address, known or not. Raises RateLimited."""
    email = email.strip().lower()
    _check_limits(email, ip)
    token = secrets.token_urlsafe(32)
    code = f"{secrets.randbelow(1_000_000):06d}"
    moment = clock.now()
    with transaction.atomic():
        MagicLink.objects.create(
            email=email,
            token_digest=_token_digest(token),
            code_digest=_code_digest(email, code),
            browser_digest=_browser_digest(browser),
            next_url=next_url,
            expires_at=moment + settings.MAGIC_LINK_TTL,
            code_expires_at=moment + settings.LOGIN_CODE_TTL,
        )
        mail.post(email, "magic_link", _mail_context(email, token, code))


def find_magic_link(token: str) -> MagicLink:
    """Read the link a token names. Raises TokenInvalid, TokenUsed, TokenExpired."""
    row = MagicLink.objects.filter(token_digest=_token_digest(token)).first()
    if row is None:
        raise TokenInvalid()
    if row.consumed_at is not None:
        raise TokenUsed()
    if row.expires_at <= clock.now():
        raise TokenExpired()
    return row


def consume_magic_link(token: str) -> SignIn:
    """Spend a link; of many simultaneous callers one wins. Raises as find_magic_link does."""
    row = find_magic_link(token)
    with transaction.atomic():
        _lock_address(row.email)
        return _consume(row.id)


def consume_code(*, email: str, code: str, browser: str) -> SignIn:
    """Spend a link by its code, in the browser that asked. Raises TokenInvalid, TokenExpired.

    A wrong code costs every living code of this browser one try.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _lock_address(email)
        alive = _living_codes(email, browser)
        match = next(
            (row for row in alive if signing.same(row.code_digest, _code_digest(email, code))), None
        )
        if match is not None:
            return _consume(match.id)
        _count_miss(alive)
    # The miss is committed before the refusal is raised, or it would not count.
    raise TokenInvalid()


def _check_limits(email: str, ip: str) -> None:
    pairs = (
        (f"magic:both:{email}:{ip}", settings.MAGIC_LINKS_PER_ADDRESS_AND_IP),
        (f"magic:address:{email}", settings.MAGIC_LINKS_PER_ADDRESS),
        (f"magic:ip:{ip}", settings.MAGIC_LINKS_PER_IP),
    )
    for bucket, an_hour in pairs:
        limits.require(bucket, rate_per_second=an_hour / HOUR_SECONDS, burst=an_hour)


def _mail_context(email: str, token: str, code: str) -> dict[str, object]:
    return {
        "email": email,
        "link": f"{settings.PUBLIC_URL}/auth/link/{token}",
        "code": code,
        "link_minutes": int(settings.MAGIC_LINK_TTL.total_seconds()) // 60,
        "code_minutes": int(settings.LOGIN_CODE_TTL.total_seconds()) // 60,
    }


def _lock_address(email: str) -> None:
    """Serialise sign-ins of one address, so that siblings never wait for each other in a ring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in:{email}"]
        )


def _consume(link_id: UUID) -> SignIn:
    with connection.cursor() as cursor:
        cursor.execute(CONSUME, {"id": link_id, "now": clock.now()})
        row = cursor.fetchone()
    if row is None:
        raise TokenUsed()
    email, next_url = row
    MagicLink.objects.filter(email=email, consumed_at=None).update(consumed_at=clock.now())
    user, created = _user_of(email)
    return SignIn(user, created, next_url)


def _user_of(email: str) -> tuple[User, bool]:
    """Find or make the person; the address is proven by the mail that was opened."""
    user = User.objects.filter(email=email).first()
    created = user is None
    if user is None:
        user = User.objects.create_user(email)
    elif not user.is_active:
        raise TokenInvalid()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user, created


def _living_codes(email: str, browser: str) -> list[MagicLink]:
    """List the codes that may still be typed here, newest first. Raises TokenInvalid."""
    if _misses_today(email) >= CODE_MISSES_A_DAY_MAX:
        raise TokenInvalid()
    moment = clock.now()
    return list(
        MagicLink.objects.filter(
            email=email,
            browser_digest=_browser_digest(browser),
            consumed_at=None,
            code_expires_at__gt=moment,
            code_tries__lt=CODE_TRIES_MAX,
        ).order_by("-created_at")
    )


def _misses_today(email: str) -> int:
    since: datetime = clock.now() - timedelta(days=1)
    rows = MagicLink.objects.filter(email=email, created_at__gt=since)
    return rows.aggregate(total=Sum("code_misses"))["total"] or 0


def _count_miss(alive: list[MagicLink]) -> None:
    if not alive:
        return
    ids = [row.id for row in alive]
    MagicLink.objects.filter(id__in=ids).update(code_tries=F("code_tries") + 1)
    MagicLink.objects.filter(id=alive[0].id).update(code_misses=F("code_misses") + 1)


def _token_digest(token: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "magic-token", token)


def _code_digest(email: str, code: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "magic-code", email, code)


def _browser_digest(browser: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "magic-browser", browser)
