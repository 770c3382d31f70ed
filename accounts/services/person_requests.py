"""What operators are asked to do about a person or a number: each leaves a row that says why."""

from __future__ import annotations

from django.db import transaction

from accounts import sessions
from accounts.models import PersonRequest, User
from accounts.services import account, leaving, second_steps
from accounts.states import PERSON_REQUEST
from kernel import clock, people, work


def give_data(*, user: User | None, phone: str, actor: str, reason: str) -> bytes:
    """Pack everything kept of a person or a number for an operator to hand over."""
    kind = PersonRequest.EXPORT_PERSON if user else PersonRequest.EXPORT_PHONE
    subject = account.subject_of(user) if user else people.of_phone(phone)
    with transaction.atomic():
        row = _open(kind, user=user, phone=phone, actor=actor, reason=reason)
        packed = account.export(subject, actor=actor, reason=reason)
        _done(row, {"bytes": len(packed)})
    return packed


def take_second_step(user: User, *, actor: str, reason: str) -> None:
    """Take the second step from a person who lost it, and sign them out everywhere."""
    with transaction.atomic():
        kind = PersonRequest.RESET_SECOND_STEP
        row = _open(kind, user=user, phone="", actor=actor, reason=reason)
        taken = second_steps.reset_second_step(user, actor=actor, reason=reason)
        ended = sessions.end_sessions(user)
        _done(row, {"second_steps": taken, "sessions": ended})


def ask_erasure(*, user: User | None, phone: str, actor: str, reason: str) -> PersonRequest:
    """Have a person or a number erased as soon as nothing of theirs is going on.

    A deletion the person waits for is done now instead. Raises LeaveNeedsOwner.
    """
    kind = PersonRequest.ERASE_PERSON if user else PersonRequest.ERASE_PHONE
    with transaction.atomic():
        if user is not None:
            leaving.check_owners(user)
            waited = leaving.leaving(user)
            if waited is not None:
                PERSON_REQUEST.apply(waited, "undo", closed_at=clock.now(), undo_digest="")
        row = _open(kind, user=user, phone=phone, actor=actor, reason=reason)
        work.enqueue(leaving.ANSWER, row.id)
    return row


def _open(kind: str, *, user: User | None, phone: str, actor: str, reason: str) -> PersonRequest:
    return PersonRequest.objects.create(
        kind=kind, user=user, phone=phone, actor=actor, reason=reason
    )


def _done(row: PersonRequest, report: dict[str, int]) -> None:
    PERSON_REQUEST.apply(row, "finish", closed_at=clock.now(), report=report)
