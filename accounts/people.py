"""What accounts knows of a person, and how it forgets them; part of the verbs of this app."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password

from accounts import sessions
from accounts.models import (
    ApiKey,
    Browser,
    Identity,
    Invitation,
    MagicLink,
    Membership,
    PersonRequest,
    SecondStepMiss,
    User,
)
from accounts.services.keys import revoke_keys_of
from kernel import people
from kernel.people import ROWS_MAX, Row, Subject


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """List the profile of a person and everything beside it."""
    if subject.user_id is None:
        return {}
    mine = {"user_id": subject.user_id}
    asked = PersonRequest.objects.filter(**mine)
    return {
        "profile": User.objects.filter(id=subject.user_id).values(
            "id", "email", "name", "language", "theme", "created_at", "last_login", "is_active"
        ),
        "memberships": Membership.objects.filter(**mine).values(
            "workspace_id", "workspace__name", "role", "created_at"
        ),
        "sessions": UserSession.objects.filter(**mine).values(
            "ip", "user_agent", "created_at", "last_seen_at"
        ),
        "browsers": Browser.objects.filter(**mine).values("created_at"),
        "google": Identity.objects.filter(**mine).values(
            "issuer", "email", "created_at", "last_used_at"
        ),
        "second_steps": Authenticator.objects.filter(**mine).values(
            "type", "created_at", "last_used_at"
        ),
        "api_keys": ApiKey.objects.filter(created_by_id=subject.user_id).values(
            "workspace_id", "label", "prefix", "mode", "scopes", "created_at", "revoked_at"
        )[:ROWS_MAX],
        "invitations": Invitation.objects.filter(email=subject.email).values(
            "workspace_id", "role", "created_at", "accepted_at", "revoked_at"
        ),
        "requests": asked.values("kind", "status", "created_at", "due_at", "closed_at"),
    }


def erase(subject: Subject) -> dict[str, int]:
    """Sign a person out for good: the row stays as a pseudonym, because keys and logs name it."""
    if subject.user_id is None:
        return {}
    user = User.objects.select_for_update(no_key=True).get(id=subject.user_id)
    counts = {"sessions": sessions.end_sessions(user), "keys_revoked": _leave(user)}
    for name, rows in (
        ("second_steps", Authenticator.objects.filter(user=user)),
        ("identities", Identity.objects.filter(user=user)),
        ("browsers", Browser.objects.filter(user=user)),
        ("wrong_codes", SecondStepMiss.objects.filter(user=user)),
        ("addresses", EmailAddress.objects.filter(user=user)),
        ("sign_in_mails", MagicLink.objects.filter(email=user.email)),
    ):
        counts[name] = rows.delete()[0]
    address = f"{subject.pseudonym}@erased.invalid"
    counts["invitations"] = Invitation.objects.filter(email=user.email).update(email=address)
    _blank(user, address)
    return {**counts, "profile": 1}


def _leave(user: User) -> int:
    """End every membership with the keys the person made there."""
    revoked = 0
    for seat in Membership.objects.filter(user=user):
        revoked += revoke_keys_of(
            user_id=user.pk, workspace_id=seat.workspace_id, actor=f"user:{user.pk}"
        )
        seat.delete()
    return revoked


def _blank(user: User, address: str) -> None:
    user.email, user.name, user.language, user.theme = address, "", "", "auto"
    user.is_active = user.is_staff = user.is_superuser = False
    user.password, user.last_login = make_password(None), None
    user.save()
    user.groups.clear()


people.declare("accounts", collect=collect, erase=erase)
