"""A payer's word that money in suspense is theirs: right and wrong ones are answered alike."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from kernel import audit, clock
from kernel.errors import RateLimited
from wallet.models import Claim, MpesaReceipt, Release, TopUp
from wallet.services import suspense
from wallet.states import CLAIM

CLAIMS_A_DAY = 3
DAY = timedelta(days=1)
RULE = "rule: the same phone paid this workspace before"


@transaction.atomic
def make_claim(
    *, workspace_id: UUID, receipt_no: str, amount_minor: int, phone_tail: str, actor: str
) -> Claim:
    """Keep a claim, and credit it at once when everything fits and the phone paid here before.

    Whether it fits is not said: a receipt is visible on any photograph of a message. Locks the
    workspace's claims, then the receipt. Raises RateLimited.
    """
    with connection.cursor() as cursor:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        cursor.execute(lock, [f"wallet.claim:{workspace_id}"])
    _require_few(workspace_id)
    claim = Claim.objects.create(
        workspace_id=workspace_id,
        receipt_no=receipt_no.strip().upper()[:32],
        amount_minor=amount_minor,
        phone_tail=phone_tail,
        made_by=actor,
    )
    audit.record(
        "wallet.claim_made", actor=actor, subject=claim.receipt_no, workspace_id=workspace_id
    )
    _credit_if_sure(claim)
    return claim


def refuse_claim(claim: Claim, *, actor: str) -> bool:
    """Close a claim that is wrong; False when it was decided before."""
    moved = CLAIM.apply(claim, "refuse", decided_by=actor, decided_at=clock.now())
    if moved:
        audit.record(
            "wallet.claim_refused",
            actor=actor,
            subject=claim.receipt_no,
            workspace_id=claim.workspace_id,
        )
    return moved


def fits(claim: Claim) -> str:
    """Say for an operator how much of a claim agrees with what we hold."""
    receipt = MpesaReceipt.objects.filter(pk=claim.receipt_no).first()
    if receipt is None:
        return "no such payment yet"
    wrong = [] if receipt.status == "suspense" else [receipt.status]
    wrong += [] if receipt.amount_minor == claim.amount_minor else ["another amount"]
    wrong += [] if receipt.msisdn_tail == claim.phone_tail else ["another phone"]
    return ", ".join(wrong) or "fits"


def _require_few(workspace_id: UUID) -> None:
    recent = Claim.objects.filter(workspace_id=workspace_id, made_at__gt=clock.now() - DAY)
    times = list(recent.order_by("-made_at").values_list("made_at", flat=True)[:CLAIMS_A_DAY])
    if len(times) == CLAIMS_A_DAY:
        wait = times[-1] + DAY - clock.now()
        raise RateLimited(retry_after_seconds=max(1, int(wait.total_seconds()) + 1))


def _credit_if_sure(claim: Claim) -> None:
    """Credit small money that a phone known to this workspace paid; all else waits for a person."""
    receipt = (
        MpesaReceipt.objects.select_for_update(no_key=True).filter(pk=claim.receipt_no).first()
    )
    if receipt is None or fits(claim) != "fits":
        return
    is_small = receipt.amount_minor <= settings.CLAIM_ALONE_MAX_MINOR
    has_request = Release.objects.filter(receipt=receipt, status__in=("asked", "done")).exists()
    if not is_small or has_request or not _paid_here_before(receipt, claim.workspace_id):
        return
    suspense.release_by_rule(receipt, workspace_id=claim.workspace_id, reason=RULE)


def _paid_here_before(receipt: MpesaReceipt, workspace_id: UUID) -> bool:
    phone = receipt.payer_e164
    if not phone:
        return False
    others = MpesaReceipt.objects.exclude(pk=receipt.pk)
    return (
        others.filter(payer_e164=phone, workspace_id=workspace_id, status="credited").exists()
        or TopUp.objects.filter(
            workspace_id=workspace_id, mode="live", phone_e164=phone, status="paid"
        ).exists()
    )
