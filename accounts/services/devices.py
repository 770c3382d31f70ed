"""How a command line gets a key without anybody copying one: RFC 8628, the device grant."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import roles
from accounts.errors import (
    DeviceCodeExpired,
    DeviceCodeUnknown,
    DeviceDenied,
    DeviceGrantInvalid,
    DevicePending,
    DeviceSlowDown,
    NotADeviceLogin,
    ScopeInvalid,
    Suspended,
)
from accounts.models import ApiKey, DeviceLogin, Membership, User, Workspace
from accounts.person_errors import WorkspaceClosed
from accounts.services.keys import IssuedKey, create_api_key, revoke_api_key
from accounts.states import DEVICE_LOGIN
from kernel import audit, clock, limits, signing

# Consonants that no font confuses and no word is made of (RFC 8628, section 6.1).
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LENGTH = 8
# Twenty letters in eight places and thirty tries an hour: guessing takes longer than a code lives.
LOOKUPS_AN_HOUR = 30
HOUR_SECONDS = 3600
SLOWER_BY_SECONDS = 5
INTERVAL_SECONDS_MAX = 60
# Clocks and networks are not exact; a request this much early is on time.
EARLY = timedelta(milliseconds=500)
NEEDED_SCOPE = "api_keys.manage"


@dataclass(frozen=True, slots=True)
class StartedLogin:
    """A waiting login with its two codes, which are known here and nowhere else."""

    row: DeviceLogin
    device_code: str
    user_code: str


def start_device_login(
    *, client_name: str, mode: str, scopes: list[str] | None, ip: str
) -> StartedLogin:
    """Begin a login that a person has to confirm. Raises RateLimited and ScopeInvalid."""
    an_hour = settings.DEVICE_LOGINS_PER_IP
    limits.require(f"cli:start:{ip}", rate_per_second=an_hour / HOUR_SECONDS, burst=an_hour)
    for scope in scopes or ():
        if scope not in roles.SCOPES:
            raise ScopeInvalid(scope=scope)
    device_code = secrets.token_urlsafe(32)
    user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(USER_CODE_LENGTH))
    row = DeviceLogin.objects.create(
        device_digest=_device_digest(device_code),
        user_code_digest=_user_digest(user_code),
        client_name=client_name,
        ip=ip or None,
        mode=mode,
        scopes=scopes,
        interval_seconds=settings.DEVICE_LOGIN_INTERVAL_SECONDS,
        expires_at=clock.now() + settings.DEVICE_LOGIN_TTL,
    )
    return StartedLogin(row, device_code, shown_code(user_code))


def shown_code(typed: str) -> str:
    """Write a code as it is shown, whatever way it was typed."""
    letters, half = _letters(typed), USER_CODE_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"


def find_device_login(user_code: str, *, user: User) -> DeviceLogin:
    """Find the login that waits with this code. Raises DeviceCodeUnknown and RateLimited.

    Small letters, blanks and dashes do not matter.
    """
    rate = LOOKUPS_AN_HOUR / HOUR_SECONDS
    limits.require(f"cli:code:{user.pk}", rate_per_second=rate, burst=LOOKUPS_AN_HOUR)
    digest = _user_digest(_letters(user_code))
    row = DeviceLogin.objects.filter(user_code_digest=digest).first()
    if row is None or row.status != DEVICE_LOGIN.initial or row.is_late:
        raise DeviceCodeUnknown()
    return row


def approve_device_login(
    row: DeviceLogin, *, membership: Membership, mode: str, scopes: list[str], actor: str
) -> None:
    """Let the program in as this member. Raises DeviceCodeUnknown when somebody decided before."""
    workspace = membership.workspace
    with transaction.atomic():
        granted = {"mode": mode, "scopes": sorted(scopes)}
        decided = {"user": membership.user, "workspace": workspace, "decided_at": clock.now()}
        if not DEVICE_LOGIN.apply(row, "approve", **granted, **decided):
            raise DeviceCodeUnknown()
        _record(row, "cli.login_approved", actor, workspace)


def deny_device_login(row: DeviceLogin, *, user: User, actor: str) -> None:
    """Turn the program away. Raises DeviceCodeUnknown when somebody decided before."""
    with transaction.atomic():
        if not DEVICE_LOGIN.apply(row, "deny", user=user, decided_at=clock.now()):
            raise DeviceCodeUnknown()
        _record(row, "cli.login_denied", actor, None)


def redeem_device_login(device_code: str) -> IssuedKey:
    """Make the key that was granted; of many simultaneous callers one gets it.

    Raises DevicePending, DeviceSlowDown, DeviceDenied, DeviceCodeExpired and DeviceGrantInvalid.
    """
    found = DeviceLogin.objects.filter(device_digest=_device_digest(device_code))
    row = found.select_related("user", "workspace").first()
    if row is None or row.status == "redeemed":
        raise DeviceGrantInvalid()
    if row.status == "denied":
        raise DeviceDenied()
    if row.is_late:
        raise DeviceCodeExpired()
    if row.status == "pending":
        _keep_pace(row)
        raise DevicePending()
    with transaction.atomic():
        if not DEVICE_LOGIN.apply(row, "redeem"):
            raise DeviceGrantInvalid()
        return _issue(row)


def sign_out_device(key: ApiKey | None, *, actor: str) -> None:
    """Revoke the key that a login made. Raises NotADeviceLogin and ApiKeyAlreadyRevoked."""
    if key is None or not DeviceLogin.objects.filter(api_key=key).exists():
        raise NotADeviceLogin()
    revoke_api_key(key, actor=actor)


def _keep_pace(row: DeviceLogin) -> None:
    """Remember when it asked. Raises DeviceSlowDown when that is too soon after the last time."""
    moment, before = clock.now(), row.polled_at
    pace = timedelta(seconds=row.interval_seconds)
    is_early = before is not None and moment < before + pace - EARLY
    slower = min(row.interval_seconds + SLOWER_BY_SECONDS, INTERVAL_SECONDS_MAX)
    changes = {"interval_seconds": slower} if is_early else {}
    DeviceLogin.objects.filter(pk=row.pk).update(polled_at=moment, **changes)
    if is_early:
        raise DeviceSlowDown()


def _issue(row: DeviceLogin) -> IssuedKey:
    """Make the key as the person who confirmed may make it now."""
    user, workspace = row.user, row.workspace
    if user is None or workspace is None:
        raise DeviceGrantInvalid()
    member = Membership.objects.filter(user=user, workspace=workspace).first()
    if member is None or not user.is_active or NEEDED_SCOPE not in member.scopes:
        raise DeviceDenied()
    if workspace.is_suspended:
        raise WorkspaceClosed() if workspace.is_closed else Suspended()
    issued = create_api_key(
        workspace=workspace,
        mode=row.mode,
        label=row.client_name,
        scopes=sorted(member.scopes & set(row.scopes or ())),
        expires_at=clock.now() + timedelta(days=settings.DEVICE_LOGIN_KEY_DAYS),
        created_by=user,
        maker_scopes=member.scopes,
        actor=f"user:{user.pk}",
    )
    DeviceLogin.objects.filter(pk=row.pk).update(api_key=issued.key)
    return issued


def _record(row: DeviceLogin, kind: str, actor: str, workspace: Workspace | None) -> None:
    facts = {"client": row.client_name, "ip": row.ip, "mode": row.mode, "scopes": row.scopes}
    audit.record(
        kind,
        actor=actor,
        subject=f"device_login:{row.pk}",
        workspace_id=workspace.id if workspace else None,
        after=facts,
    )


def _letters(typed: str) -> str:
    return "".join(letter for letter in typed.upper() if letter in USER_CODE_LETTERS)


def _device_digest(code: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "device-code", code)


def _user_digest(code: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "user-code", code)
