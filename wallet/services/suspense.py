"""Money without an owner: who might own it, and the two people who let it go."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel import audit, clock
from wallet import queries
from wallet.errors import ReleaseRefused
from wallet.models import Claim, MpesaReceipt, Release, Wallet
from wallet.mpesa.reference import near_references
from wallet.services import landing
from wallet.states import CLAIM, REFUND_OPEN, RELEASE


@transaction.atomic
def ask_release(receipt_no: str, *, reference: str, reason: str, actor: str) -> Release:
    """Send a payment in suspense to the workspace of an account number; a large one waits for another.

    Locks the receipt. Raises ReleaseRefused.
    """
    receipt = _lock(receipt_no)
    owner = queries.wallet_by_reference(reference)
    if owner is None:
        raise ReleaseRefused(reason=f"No workspace has the account number {reference}.")
    if not reason.strip():
        raise ReleaseRefused(reason="Say why this payment belongs there.")
    try:
        with transaction.atomic():
            request = Release.objects.create(
                receipt=receipt,
                workspace_id=owner.workspace_id,
                reason=reason.strip()[:200],
                asked_by=actor,
            )
    except IntegrityError:
        raise ReleaseRefused(reason="This payment has a request already.") from None
    _record("wallet.release_asked", request, actor)
    if receipt.amount_minor <= settings.CLAIM_ALONE_MAX_MINOR:
        _release(request, receipt, actor)
    return request


@transaction.atomic
def decide_release(request: Release, *, is_agreed: bool, actor: str) -> None:
    """Let another person's request through, or refuse it. Raises ReleaseRefused."""
    receipt = _lock(request.receipt_id)
    if request.asked_by == actor and is_agreed:
        raise ReleaseRefused(reason="Somebody else than who asked must agree.")
    if is_agreed:
        _release(request, receipt, actor)
        return
    if not RELEASE.apply(request, "refuse", decided_by=actor, decided_at=clock.now()):
        raise ReleaseRefused(reason="This request was decided before.")
    _record("wallet.release_refused", request, actor)


def release_by_rule(receipt: MpesaReceipt, *, workspace_id: UUID, reason: str) -> None:
    """Credit a payment that a rule knows the owner of. The caller holds the receipt's lock."""
    if receipt.refunds.filter(status__in=REFUND_OPEN).exists():
        return
    request = Release.objects.create(
        receipt=receipt, workspace_id=workspace_id, reason=reason, asked_by="rule"
    )
    _release(request, receipt, "rule")


def suggestions(receipt: MpesaReceipt) -> list[Wallet]:
    """Return who may own a payment: who claims it, who is one slip away, whom this phone paid before."""
    slips = Q(workspace__mpesa_account_ref__in=near_references(receipt.bill_ref_raw))
    same_payer = Q(pk__in=[])
    if receipt.msisdn_tail:
        paid = MpesaReceipt.objects.filter(
            msisdn_tail=receipt.msisdn_tail, workspace__isnull=False
        ).exclude(pk=receipt.pk)
        same_payer = Q(workspace_id__in=paid.values("workspace_id"))
    claims = Claim.objects.filter(receipt_no=receipt.receipt_no).exclude(status="refused")
    claimants = Q(workspace_id__in=claims.values("workspace_id"))
    found = Wallet.objects.filter(claimants | slips | same_payer, mode="live")
    return list(found.select_related("workspace").order_by("workspace__name")[:5])


def _lock(receipt_no: str) -> MpesaReceipt:
    receipt = (
        MpesaReceipt.objects.select_for_update(no_key=True).filter(receipt_no=receipt_no).first()
    )
    if receipt is None or receipt.status != "suspense":
        raise ReleaseRefused(reason="This payment is not in suspense.")
    if receipt.refunds.filter(status__in=REFUND_OPEN).exists():
        raise ReleaseRefused(reason="This payment is on its way back to its payer.")
    return receipt


def _release(request: Release, receipt: MpesaReceipt, actor: str) -> None:
    if not RELEASE.apply(request, "do", decided_by=actor, decided_at=clock.now()):
        raise ReleaseRefused(reason="This request was decided before.")
    landing.release(receipt, workspace_id=request.workspace_id)
    _close_claims(request, actor)
    _record("wallet.release_done", request, actor)


def _close_claims(request: Release, actor: str) -> None:
    """Tell each claimant's page how it ended: one was right."""
    for claim in Claim.objects.filter(receipt_no=request.receipt_id, status="open"):
        event = "credit" if claim.workspace_id == request.workspace_id else "refuse"
        CLAIM.apply(claim, event, decided_by=actor, decided_at=clock.now())


def _record(action: str, request: Release, actor: str) -> None:
    audit.record(
        action,
        actor=actor,
        subject=request.receipt_id,
        workspace_id=request.workspace_id,
        # Who decides may have a reason of their own.
        reason=audit.given_reason() or request.reason,
    )
