"""Leaving: a person asks, has seven days to think again, and is then erased from every table."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, PersonRequest, User, Workspace
from accounts.person_errors import LeaveNeedsOwner, NothingToUndo
from accounts.services.notices import tell
from accounts.states import PERSON_REQUEST
from kernel import audit, clock, people, signing, work

ANSWER = "accounts.answer_person_request"


def ask_to_leave(user: User) -> PersonRequest:
    """Delete an account in seven days; asking twice is asking once. Locks the person.

    Raises LeaveNeedsOwner while an open workspace has no other owner who stays.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        check_owners(user)
        asked = leaving(user)
        if asked is not None:
            return asked
        token = secrets.token_urlsafe(32)
        row = PersonRequest.objects.create(
            kind=PersonRequest.ERASE_PERSON,
            user=user,
            actor=f"user:{user.pk}",
            reason="The person asked for it.",
            due_at=clock.now() + settings.LEAVING_TAKES,
            undo_digest=_digest(token),
        )
        work.enqueue(ANSWER, row.id, due_at=row.due_at)
        audit.record("user.leaving", actor=row.actor, subject=row.actor)
        tell(
            user,
            _("Your account will be deleted in seven days"),
            detail=str(_("Until then this link calls it off:")),
            path=f"/account/undo/{token}",
        )
    return row


def find_leaving(token: str) -> PersonRequest:
    """Read the deletion a link calls off. Raises NothingToUndo."""
    row = PersonRequest.objects.select_related("user").filter(undo_digest=_digest(token)).first()
    if row is None or row.status != PERSON_REQUEST.initial:
        raise NothingToUndo()
    return row


def stay(row: PersonRequest) -> None:
    """Call a deletion off. Raises NothingToUndo when it is too late."""
    with transaction.atomic():
        if not PERSON_REQUEST.apply(row, "undo", closed_at=clock.now(), undo_digest=""):
            raise NothingToUndo()
        subject = f"user:{row.user_id}"
        audit.record("user.stays", actor=subject, subject=subject)
        if row.user is not None:
            tell(row.user, _("Your account stays"), path="/settings/account")


def leaving(user: User) -> PersonRequest | None:
    """Find the deletion a person waits for."""
    rows = PersonRequest.objects.filter(user=user, kind=PersonRequest.ERASE_PERSON)
    return rows.filter(status=PERSON_REQUEST.initial).first()


def check_owners(user: User) -> None:
    """Raise LeaveNeedsOwner if an open workspace would be left without an owner who stays."""
    alone = [place.name for place in owned_alone(user)]
    if alone:
        raise LeaveNeedsOwner(names=", ".join(alone))


def owned_alone(user: User) -> list[Workspace]:
    """List the open workspaces that have no other owner who stays."""
    mine = Membership.objects.select_related("workspace").filter(user=user, role="owner")
    places = [each.workspace for each in mine if not each.workspace.is_closed]
    return [place for place in places if not has_other_owner(place.pk, user.pk)]


def has_other_owner(workspace_id: UUID, user_id: UUID) -> bool:
    """Tell whether somebody else owns a workspace, who is not about to leave."""
    owners = Membership.objects.filter(workspace_id=workspace_id, role="owner")
    going = PersonRequest.objects.filter(
        kind=PersonRequest.ERASE_PERSON, status=PERSON_REQUEST.initial
    )
    return owners.exclude(user_id=user_id).exclude(user_id__in=going.values("user_id")).exists()


def erase(row: PersonRequest) -> datetime | None:
    """Erase the person or the number of a request; returns when to look again if it must wait.

    The books are the same afterwards, or nothing is done at all.
    """
    with transaction.atomic():
        locked = PersonRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
        if locked.status != PERSON_REQUEST.initial:
            return None
        if locked.due_at > clock.now():
            return locked.due_at
        if locked.user is not None and owned_alone(locked.user):
            _give_up(locked)
            return None
        subject = _subject(locked)
        wait = people.must_wait(subject)
        if wait is not None:
            return wait
        before = books()
        counts = people.erase(subject)
        if books() != before:
            raise RuntimeError("erasing a person changed the books")
        _close(locked, subject, counts)
    return None


def books() -> list[object]:
    """Sum the ledger up, for a comparison."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(amount_minor), 0), "
            "coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0) FROM wallet_entry"
        )
        return list(cursor.fetchone() or ())


def _close(row: PersonRequest, subject: people.Subject, counts: dict[str, int]) -> None:
    PERSON_REQUEST.apply(
        row,
        "finish",
        closed_at=clock.now(),
        report=counts,
        undo_digest="",
        phone=subject.pseudonym if row.phone else "",
    )
    kind = "phone.erased" if subject.phone else "user.erased"
    name = subject.pseudonym if subject.phone else f"user:{row.user_id}"
    audit.record(kind, actor=row.actor, subject=name, after=counts, reason=row.reason)


def _give_up(row: PersonRequest) -> None:
    """Keep an account that has become the last owner of a workspace meanwhile, and say so."""
    PERSON_REQUEST.apply(row, "undo", closed_at=clock.now(), undo_digest="")
    assert row.user is not None  # Only a person owns anything.
    audit.record("user.stays", actor="system", subject=f"user:{row.user_id}")
    tell(
        row.user,
        _("Your account was not deleted: you are the last owner of a workspace"),
        path="/settings/account",
    )


def _subject(row: PersonRequest) -> people.Subject:
    if row.user is None:
        return people.of_phone(row.phone)
    return people.Subject(
        user_id=row.user.pk, email=row.user.email, pseudonym=f"erased-{row.user.pk}"
    )


def _digest(token: str) -> str:
    return signing.keyed_hash(settings.PEPPER, "undo-leaving", token)
