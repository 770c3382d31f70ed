"""API keys: make one that is never stronger than its maker, and revoke it with all it made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts import roles
from accounts.errors import (
    ApiKeyAlreadyRevoked,
    ApiKeyNameRequired,
    ScopeDenied,
    ScopeInvalid,
)
from accounts.models import ApiKey, User, Workspace
from kernel import audit, clock, ids, signing
from kernel.errors import BadRequest
from kernel.phrases import Phrase

LABEL_MAX = 120
SECRET_LENGTH = 32
PREFIX_LENGTH = len("tsk_live_") + 4

REVOKE_DESCENDANTS = """
    WITH RECURSIVE made AS (
        SELECT id FROM accounts_apikey WHERE id = %(id)s
        UNION ALL
        SELECT k.id FROM accounts_apikey k JOIN made ON k.parent_id = made.id
    )
    UPDATE accounts_apikey SET revoked_at = %(now)s
     WHERE id IN (SELECT id FROM accounts_apikey WHERE id IN (SELECT id FROM made)
                   ORDER BY id FOR NO KEY UPDATE) AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with the secret that is shown this once."""

    key: ApiKey
    secret: str


def create_api_key(
    *,
    workspace: Workspace,
    mode: str,
    label: str,
    created_by: User,
    maker_scopes: Iterable[str],
    maker: ApiKey | None = None,
    scopes: list[str] | None = None,
    expires_at: datetime | None = None,
    is_marketing: bool = False,
    actor: str,
) -> IssuedKey:
    """Make a key; a key that makes one passes itself as `maker`.

    What a marketing key makes is one too.
    Raises ApiKeyNameRequired, ScopeInvalid, ScopeDenied and BadRequest.
    """
    secret = new_secret(mode)
    with transaction.atomic():
        key = ApiKey.objects.create(
            workspace=workspace,
            mode=_check_mode(mode, maker),
            prefix=secret[:PREFIX_LENGTH],
            digest=digest(secret),
            label=_check_label(label),
            scopes=_check_scopes(scopes, frozenset(maker_scopes), maker),
            created_by=created_by,
            parent=maker,
            expires_at=_check_expiry(expires_at, maker),
            is_marketing=is_marketing or bool(maker and maker.is_marketing),
        )
        _record(key, "api_key.created", actor)
    return IssuedKey(key, secret)


def revoke_api_key(key: ApiKey, *, actor: str) -> None:
    """Revoke a key and every key it made. Raises ApiKeyAlreadyRevoked."""
    moment = clock.now()
    with transaction.atomic():
        if not ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=moment):
            raise ApiKeyAlreadyRevoked()
        with connection.cursor() as cursor:
            cursor.execute(REVOKE_DESCENDANTS, {"id": key.id, "now": moment})
        key.revoked_at = moment
        _record(key, "api_key.revoked", actor)


def revoke_keys_of(*, user_id: UUID, workspace_id: UUID, actor: str) -> int:
    """Revoke every key a person made in a workspace, as when they leave it."""
    keys = ApiKey.objects.filter(created_by_id=user_id, workspace_id=workspace_id, revoked_at=None)
    with transaction.atomic():
        living = list(keys.order_by("id").select_for_update(no_key=True))
        keys.update(revoked_at=clock.now())
        for key in living:
            _record(key, "api_key.revoked", actor)
    return len(living)


def touch_api_key(key_id: UUID, at: datetime, before: datetime) -> None:
    """Remember a use, unless one was remembered since `before`."""
    unused = ApiKey.objects.filter(id=key_id, last_used_at=None)
    stale = ApiKey.objects.filter(id=key_id, last_used_at__lt=before)
    (unused | stale).update(last_used_at=at)


def new_secret(mode: str) -> str:
    """Make a key's text: prefix, 32 random characters and a checksum of both."""
    body = f"tsk_{mode}_{ids.random_base62(SECRET_LENGTH)}"
    return body + ids.checksum62(body)


def is_well_formed(secret: str) -> bool:
    """Tell a mistyped key without asking the database."""
    body, mark = secret[:-6], secret[-6:]
    whole = len("tsk_live_") + SECRET_LENGTH
    known = body.startswith(("tsk_live_", "tsk_test_"))
    return len(body) == whole and known and ids.checksum62(body) == mark


def digest(secret: str) -> str:
    """Hash a key with the server's pepper; nothing else of it is stored."""
    return signing.keyed_hash(settings.PEPPER, "api-key", secret)


def _check_label(label: str) -> str:
    label = label.strip()
    if not 1 <= len(label) <= LABEL_MAX:
        raise ApiKeyNameRequired()
    return label


def _check_mode(mode: str, maker: ApiKey | None) -> str:
    if maker is not None and maker.mode != mode:
        raise BadRequest(fields=[("mode", Phrase("a key makes keys of its own mode only"))])
    return mode


def _check_scopes(
    scopes: list[str] | None, allowed: frozenset[str], maker: ApiKey | None
) -> list[str] | None:
    """Keep a list within the maker's; without one, a key's child gets what its maker has now."""
    if scopes is None:
        return None if maker is None else sorted(allowed - roles.WITHHELD_FROM_KEYS)
    for scope in scopes:
        if scope not in roles.SCOPES:
            raise ScopeInvalid(scope=scope)
    for scope in scopes:
        if scope not in allowed:
            raise ScopeDenied(scope=scope)
    return sorted(set(scopes))


def _check_expiry(expires_at: datetime | None, maker: ApiKey | None) -> datetime | None:
    if expires_at is not None and expires_at <= clock.now():
        raise BadRequest(fields=[("expires_at", Phrase("must be in the future"))])
    limit = maker.expires_at if maker is not None else None
    if limit is None:
        return expires_at
    if expires_at is not None and expires_at > limit:
        rule = Phrase("must not be later than that of the key used")
        raise BadRequest(fields=[("expires_at", rule)])
    return expires_at or limit


def _record(key: ApiKey, kind: str, actor: str) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=f"api_key:{key.id}",
        workspace_id=key.workspace_id,
        after={
            "label": key.label,
            "prefix": key.prefix,
            "scopes": key.scopes,
            "mode": key.mode,
            "marketing": key.is_marketing,
        },
    )
