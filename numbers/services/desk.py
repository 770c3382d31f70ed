"""What operators do to single numbers: set aside, offer again, quarantine, hand to another workspace."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from kernel import audit, clock
from numbers import queries, trail
from numbers.errors import NumberAlreadyClaimed
from numbers.models import Inventory, Number
from numbers.services.claims import Claim, claim_number, release_number, ring
from numbers.services.renewals import announce_suspension
from numbers.states import HELD, INVENTORY, NUMBER
from wallet import queries as wallet_queries


def reserve_number(inventory: Inventory, *, actor: str) -> bool:
    """Take a free number off the offer; False when it is not free."""
    return _move(inventory, "reserve", "inventory.reserved", actor)


def offer_number(inventory: Inventory, *, actor: str) -> bool:
    """Offer a reserved or quarantined number again; False when it is neither."""
    return _move(inventory, "offer", "inventory.offered", actor)


def quarantine_number(inventory: Inventory, *, actor: str) -> bool:
    """Keep a number that nobody holds away from everybody; False when somebody holds it."""
    return _move(inventory, "quarantine", "inventory.quarantined", actor)


@transaction.atomic
def assign_number(inventory: Inventory, *, workspace_id: UUID, mode: str, actor: str) -> Claim:
    """Give a free or reserved number to a workspace, which pays for it as for a claim.

    Raises NumberAlreadyClaimed and InsufficientBalance.
    """
    # A reserved number goes through the offer; whoever else wants it now finds the row locked.
    locked = Inventory.objects.select_for_update(no_key=True).get(pk=inventory.pk)
    if locked.state == "reserved":
        INVENTORY.apply(locked, "offer")
    return claim_number(workspace_id=workspace_id, mode=mode, inventory=locked, actor=actor)


@transaction.atomic
def reassign_number(number: Number, *, workspace_id: UUID, mode: str, actor: str) -> Claim:
    """Take a number from its holder, with the refund of a release, and give it to another workspace.

    Its targets stay behind: they are the old holder's. Locks the number, then both wallets.
    Raises NumberNotAssigned, NumberAlreadyClaimed and InsufficientBalance.
    """
    if number.workspace_id == workspace_id and number.mode == mode:
        raise NumberAlreadyClaimed(e164=number.e164)
    Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    wallet_queries.lock_wallets(number.workspace_id, workspace_id)
    released = release_number(number, actor=actor)
    inventory = Inventory.objects.get(pk=released.number.inventory_id)
    claim = claim_number(workspace_id=workspace_id, mode=mode, inventory=inventory, actor=actor)
    trail.record(
        claim.number,
        "number.reassigned",
        actor,
        before={"workspace": str(number.workspace_id)},
        after={"workspace": str(workspace_id)},
    )
    return claim


@transaction.atomic
def bar_number(number: Number, *, actor: str) -> bool:
    """Suspend a number until an operator resumes it; False when nobody holds it or it is barred.

    Calls that run go on to their end. Locks the number.
    """
    locked = Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    if locked.status not in HELD or locked.is_barred:
        return False
    locked.is_barred = True
    locked.save(update_fields=["is_barred"])
    if NUMBER.apply(locked, "suspend", suspended_at=clock.now()):
        announce_suspension(locked)
    trail.record(locked, "number.barred", actor)
    return True


@transaction.atomic
def unbar_number(number: Number, *, actor: str) -> bool:
    """Lift what an operator did; a number whose month is not paid waits for its rent. Locks the number."""
    locked = Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    if not locked.is_barred:
        return False
    locked.is_barred = False
    locked.save(update_fields=["is_barred"])
    if queries.current_rental(locked, clock.nairobi_today()):
        NUMBER.apply(locked, "resume", suspended_at=None)
        ring(locked)
    trail.record(locked, "number.unbarred", actor)
    return True


@transaction.atomic
def _move(inventory: Inventory, event: str, kind: str, actor: str) -> bool:
    before = inventory.state
    moved = INVENTORY.apply(inventory, event)
    if moved:
        audit.record(
            kind,
            actor=actor,
            subject=f"number:{inventory.e164}",
            before={"state": before},
            after={"state": inventory.state},
        )
    return moved
