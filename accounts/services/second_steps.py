"""The second step: enrol, prove, remove, and take it from somebody who lost it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import second_step
from accounts.models import Membership, SecondStepMiss, User
from accounts.person_errors import SecondStepWrong
from accounts.services.notices import tell
from kernel import audit, clock
from kernel.errors import RateLimited

MISSES_AT_ONCE = 5
MISSES_A_DAY = 20
PAUSE = timedelta(minutes=15)
NAME_MAX = 60
KIND = Authenticator.Type


def enrol_app(user: User, *, secret: str, code: str) -> list[str]:
    """Keep an authenticator app that shows the right code; return new recovery codes, if any.

    Locks the person. Raises SecondStepWrong and RateLimited.
    """
    with transaction.atomic():
        _lock(user)
        _check_misses(user)
        counter = second_step.counter_of(secret, second_step.plain(code), after=0)
        if counter is not None:
            Authenticator.objects.filter(user=user, type=KIND.TOTP).delete()
            row = TOTP.activate(user, secret).instance
            row.data["counter"] = counter
            row.save(update_fields=["data"])
            _record(user, "second_step.added", after={"kind": "totp"})
            tell(user, _("An authenticator app was added to your account"))
            return _first_codes(user)
        _miss(user)
    raise SecondStepWrong()


# The credential is what the browser got from the passkey.
def enrol_passkey(user: User, *, name: str, credential: Any) -> list[str]:
    """Keep a passkey whose ceremony began in this session; return new recovery codes, if any.

    Raises SecondStepWrong.
    """
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise SecondStepWrong() from problem
    with transaction.atomic():
        _lock(user)
        webauthn.WebAuthn.add(user, name.strip()[:NAME_MAX], credential)
        _record(user, "second_step.added", after={"kind": "webauthn"})
        tell(user, _("A passkey was added to your account"))
        return _first_codes(user)


def prove_by_code(user: User, code: str) -> Authenticator:
    """Accept a code of the app, or a recovery code, once. Locks the person.

    Raises SecondStepWrong and RateLimited.
    """
    with transaction.atomic():
        _lock(user)
        _check_misses(user)
        row = _match(user, second_step.plain(code))
        if row is not None:
            row.record_usage()
            SecondStepMiss.objects.filter(user=user).delete()
            return row
        _miss(user)
    # The miss is committed before the refusal is raised, or it would not count.
    raise SecondStepWrong()


# As above: what the browser got from the passkey.
def prove_by_passkey(user: User, credential: Any) -> Authenticator:
    """Accept the signature of one of the person's passkeys. Raises SecondStepWrong."""
    try:
        webauthn.parse_authentication_response(credential)
        row: Authenticator = webauthn.complete_authentication(user, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise SecondStepWrong() from problem
    row.record_usage()
    return row


def remove_second_step(user: User, authenticator_id: str) -> bool:
    """Take one second step away; with the last one the recovery codes go too. Locks the person."""
    with transaction.atomic():
        _lock(user)
        rows = Authenticator.objects.filter(user=user, type__in=second_step.MAIN_TYPES)
        row = rows.filter(pk=authenticator_id).first() if authenticator_id.isdigit() else None
        if row is None:
            return False
        row.delete()
        if not second_step.is_enrolled(user):
            Authenticator.objects.filter(user=user).delete()
        _record(user, "second_step.removed", before={"kind": row.type})
        tell(user, _("A second step was removed from your account"))
    return True


def renew_recovery_codes(user: User) -> list[str]:
    """Replace the recovery codes; those before them end. Locks the person."""
    with transaction.atomic():
        _lock(user)
        Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).delete()
        _record(user, "second_step.codes_renewed")
        tell(user, _("Your recovery codes were replaced"))
        return _codes(user)


def reset_second_step(user: User, *, actor: str, reason: str) -> int:
    """Take every second step from a person who lost them; their sessions end by the caller.

    Each of the person's workspaces sees it in its audit log.
    """
    with transaction.atomic():
        _lock(user)
        count, _rows = Authenticator.objects.filter(user=user).delete()
        SecondStepMiss.objects.filter(user=user).delete()
        places = list(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))
        everywhere: list[UUID | None] = [*places] or [None]
        for workspace_id in everywhere:
            audit.record(
                "second_step.reset",
                actor=actor,
                subject=f"user:{user.pk}",
                workspace_id=workspace_id,
                reason=reason,
            )
        tell(user, _("Our support took the second step from your account"))
    return int(count)


def unused_codes(user: User) -> int:
    """Count the recovery codes that are left."""
    row = Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def _lock(user: User) -> None:
    """Let one second step of a person be tried or changed at a time."""
    User.objects.select_for_update(no_key=True).only("id").get(pk=user.pk)


def _match(user: User, code: str) -> Authenticator | None:
    for row in Authenticator.objects.filter(user=user).exclude(type=KIND.WEBAUTHN):
        if row.type == KIND.TOTP and _is_of_app(row, code):
            return row
        if row.type == KIND.RECOVERY_CODES and RecoveryCodes(row).validate_code(code):
            tell(user, _("A recovery code was used to sign in to your account"))
            _record(user, "second_step.recovery_code_used")
            # The codes were read and written by a row of their own.
            row.refresh_from_db()
            return row
    return None


def _is_of_app(row: Authenticator, code: str) -> bool:
    counter = second_step.counter_of(
        decrypt(row.data["secret"]), code, after=row.data.get("counter", 0)
    )
    if counter is None:
        return False
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    return True


def _check_misses(user: User) -> None:
    """Shut the door after too many wrong codes. Raises RateLimited."""
    moment = clock.now()
    recent = SecondStepMiss.objects.filter(user=user)
    spans = ((PAUSE, MISSES_AT_ONCE), (timedelta(days=1), MISSES_A_DAY))
    for span, most in spans:
        rows = recent.filter(created_at__gt=moment - span).order_by("-created_at")
        if rows.count() >= most:
            opens = rows[most - 1].created_at + span
            raise RateLimited(retry_after_seconds=max(1, int((opens - moment).total_seconds())))


def _miss(user: User) -> None:
    SecondStepMiss.objects.create(user=user)
    since = clock.now() - PAUSE
    if SecondStepMiss.objects.filter(user=user, created_at__gt=since).count() == MISSES_AT_ONCE:
        _record(user, "second_step.shut")
        tell(user, _("Somebody typed five wrong codes for your account"))


def _first_codes(user: User) -> list[str]:
    if Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).exists():
        return []
    return _codes(user)


def _codes(user: User) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _record(
    user: User,
    kind: str,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    subject = f"user:{user.pk}"
    audit.record(kind, actor=subject, subject=subject, before=before, after=after)
