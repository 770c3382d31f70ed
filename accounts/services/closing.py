"""Closing a workspace for good, and what its owner asks of its members."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import Suspended
from accounts.models import ApiKey, Invitation, Workspace
from accounts.person_errors import WorkspaceClosed
from accounts.ports import CLOSE_CALLS, CLOSE_NUMBERS
from accounts.queries import owner_emails
from accounts.services.keys import revoke_api_key
from accounts.states import WORKSPACE
from kernel import audit, clock, mail, work
from kernel.money import Money
from wallet import queries as wallet_queries


def ask_second_step(workspace: Workspace, *, wanted: bool, actor: str) -> None:
    """Ask the members of a workspace for a second step, or stop asking. Locks the workspace."""
    with transaction.atomic():
        row = Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        if row.requires_second_step == wanted:
            return
        row.requires_second_step = wanted
        row.save(update_fields=["requires_second_step", "updated_at"])
        audit.record(
            "workspace.second_step_asked",
            actor=actor,
            subject=f"workspace:{row.id}",
            workspace_id=row.id,
            before={"required": not wanted},
            after={"required": wanted},
        )


def close_workspace(workspace: Workspace, *, actor: str) -> None:
    """Close a workspace: keys and invitations end now, calls and numbers follow as work.

    Locks the workspace. What the wallet holds stays booked. Raises WorkspaceClosed, and Suspended:
    what an operator stopped is not closed behind their back.
    """
    with transaction.atomic():
        row = Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        if row.is_closed:
            raise WorkspaceClosed()
        if row.is_suspended:
            raise Suspended()
        _end_access(row, actor)
        WORKSPACE.apply(row, "close")
        # The calls end first: a number that is given back must not be talking.
        work.enqueue(CLOSE_CALLS, row.id)
        left = wallet_queries.balance(row.id, "live")
        audit.record(
            "workspace.closed",
            actor=actor,
            subject=f"workspace:{row.id}",
            workspace_id=row.id,
            after={"balance_minor": left.balance_minor, "receivable_minor": left.receivable_minor},
        )
        _tell_owners(row, Money(left.balance_minor, left.currency))


def calls_are_closed(workspace_id: str) -> None:
    """Go on with the numbers, once no call runs any more."""
    work.enqueue(CLOSE_NUMBERS, workspace_id)


def _end_access(row: Workspace, actor: str) -> None:
    living = ApiKey.objects.filter(workspace=row, revoked_at=None).order_by("id")
    list(living.select_for_update(no_key=True))
    for key in living.filter(parent=None):
        revoke_api_key(key, actor=actor)
    for key in living:
        revoke_api_key(key, actor=actor)
    moment = clock.now()
    Invitation.objects.filter(workspace=row, accepted_at=None, revoked_at=None).update(
        revoked_at=moment
    )


def _tell_owners(row: Workspace, left: Money) -> None:
    for email in owner_emails(row.id):
        mail.post(email, "workspace_closed", {"workspace": row.name, "balance": left})
