"""Corrections of what a statement found: always a new posting, with a reason, large ones by two people."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel import audit, clock, ids
from wallet import queries
from wallet.chart import Account, Kind
from wallet.errors import CorrectionRefused
from wallet.models import Finding, MpesaReceipt, Posting
from wallet.services import reversals, sql
from wallet.services.landing import land
from wallet.states import FINDING

# What a click can put right; the rest needs a person to look, and is accepted with a reason.
_CORRECTABLE = frozenset(
    {
        ("missing", ""),
        ("extra", ""),
        ("extra", "reversal"),
        ("reversed", ""),
        ("different", "amount"),
        ("different", "reversal"),
        ("different", "account"),
    }
)


def can_correct(finding: Finding) -> bool:
    """Say whether a new posting would bring the books and M-Pesa together."""
    return (finding.kind, finding.field) in _CORRECTABLE


@transaction.atomic
def ask_correction(finding_id: UUID, *, reason: str, actor: str) -> Finding:
    """Correct a finding by a new posting; a large one waits for another person.

    Locks finding, then receipt and wallet. Raises CorrectionRefused.
    """
    finding = _lock(finding_id, "open")
    if not can_correct(finding):
        raise CorrectionRefused(reason="No posting can put this right; accept it with a reason.")
    asked = {"reason": _reason(reason), "asked_by": actor, "asked_at": clock.now()}
    if finding.stake_minor <= settings.CLAIM_ALONE_MAX_MINOR:
        _correct(finding, actor, **asked)
        return finding
    FINDING.apply(finding, "ask", **asked)
    _record("wallet.correction_asked", finding, actor)
    return finding


@transaction.atomic
def decide_correction(finding_id: UUID, *, is_agreed: bool, actor: str) -> Finding:
    """Let another person's correction through, or refuse it. Raises CorrectionRefused."""
    finding = _lock(finding_id, "asked")
    if not is_agreed:
        FINDING.apply(finding, "refuse", decided_by=actor, decided_at=clock.now())
        _record("wallet.correction_refused", finding, actor)
    elif finding.asked_by == actor:
        raise CorrectionRefused(reason="Somebody else than who asked must agree.")
    else:
        _correct(finding, actor)
    return finding


@transaction.atomic
def accept_finding(finding_id: UUID, *, reason: str, actor: str) -> Finding:
    """Leave the books as they are, and say why. Raises CorrectionRefused."""
    finding = _lock(finding_id, "open")
    FINDING.apply(
        finding, "accept", reason=_reason(reason), decided_by=actor, decided_at=clock.now()
    )
    _record("wallet.finding_accepted", finding, actor)
    return finding


def _lock(finding_id: UUID, status: str) -> Finding:
    finding = Finding.objects.select_for_update(no_key=True).filter(id=finding_id).first()
    if finding is None:
        raise CorrectionRefused(reason="There is no such finding.")
    if finding.status != status:
        raise CorrectionRefused(reason=f"This finding is {finding.status} already.")
    return finding


def _reason(text: str) -> str:
    if not text.strip():
        raise CorrectionRefused(reason="Say why.")
    return text.strip()[:200]


# The columns are those of a finding.
def _correct(finding: Finding, actor: str, **asked: object) -> None:
    why = str(asked.get("reason", finding.reason))
    posting = _book(finding, actor, why)
    FINDING.apply(
        finding, "correct", posting=posting, decided_by=actor, decided_at=clock.now(), **asked
    )
    _record("wallet.finding_corrected", finding, actor)


def _book(finding: Finding, actor: str, why: str) -> Posting | None:
    """Make the one posting that this kind of finding asks for."""
    if finding.kind == "missing":
        return _land(finding)
    receipt = (
        MpesaReceipt.objects.select_for_update(no_key=True).filter(pk=finding.receipt_no).first()
    )
    if receipt is None:
        raise CorrectionRefused(reason=f"We have no receipt {finding.receipt_no}.")
    if finding.kind == "reversed" or (finding.kind, finding.field) == ("extra", ""):
        reversals.reverse_payment(receipt.receipt_no, actor=actor, reason=why)
        return _reversal_of(receipt)
    owner = receipt.workspace_id
    if owner is None:
        raise CorrectionRefused(reason="The payment is in suspense; give it to its owner first.")
    if finding.field == "account":
        return _move(finding, receipt, owner)
    if finding.kind == "different" and receipt.status == "reversed":
        raise CorrectionRefused(reason="The payment was reversed; nothing of it is left.")
    if finding.effect_minor > 0:
        return _give(finding, owner, finding.effect_minor)
    return _take(finding, receipt, owner, -finding.effect_minor)


def _land(finding: Finding) -> Posting | None:
    row = finding.row
    assert row is not None, "what is missing here stands in a row there"
    receipt = land(
        receipt_no=row.receipt_no,
        amount_minor=row.amount_minor,
        paid_at=row.completed_at,
        shortcode=finding.statement.shortcode,
        source="statement",
        bill_ref=row.bill_ref,
        msisdn=row.msisdn,
    )
    return Posting.objects.filter(
        kind__in=(Kind.TOPUP, Kind.SUSPENSE), source_ref=receipt.receipt_no
    ).first()


def _reversal_of(receipt: MpesaReceipt) -> Posting | None:
    made = Posting.objects.filter(mode="live", kind=Kind.REVERSAL, source_ref=receipt.receipt_no)
    if receipt.workspace_id is None:
        return made.filter(workspace__isnull=True).first()
    return made.filter(workspace_id=receipt.workspace_id).first()


def _move(finding: Finding, receipt: MpesaReceipt, owner: UUID) -> Posting:
    """Take the payment from who was credited and give it to whom the statement names."""
    there = queries.wallet_by_reference(finding.said)
    if there is None:
        raise CorrectionRefused(reason=f"No workspace has the account number {finding.said}.")
    if there.workspace_id == owner:
        raise CorrectionRefused(reason="The payment is in the wallet of that account already.")
    if receipt.status != "credited":
        raise CorrectionRefused(reason=f"The payment is {receipt.status}.")
    queries.lock_wallets(owner, there.workspace_id)
    _take(finding, receipt, owner, receipt.amount_minor)
    return _give(finding, there.workspace_id, receipt.amount_minor)


def _give(finding: Finding, workspace_id: UUID, amount_minor: int) -> Posting:
    row = sql.debit(
        "wallet_post", ids.uuid7(), workspace_id, "live", Kind.ADJUSTMENT.value, _key(finding), 1,
        amount_minor, 0, Account.MPESA_CLEARING.value, _words(finding), None, None, None,
    )  # fmt: skip
    return _posted(row["outcome"], row["posting_id"], workspace_id)


def _take(
    finding: Finding, receipt: MpesaReceipt, workspace_id: UUID, amount_minor: int
) -> Posting:
    """Take what is free; the rest is owed, as after a reversal."""
    row = sql.debit(
        "wallet_reverse", ids.uuid7(), workspace_id, "live", _key(finding), amount_minor,
        _words(finding), receipt.topup_id,
    )  # fmt: skip
    return _posted(row["outcome"], row["posting_id"], workspace_id)


def _posted(outcome: str, posting_id: UUID, workspace_id: UUID) -> Posting:
    assert outcome == "posted", f"a correction was {outcome}"
    sql.ring_wallet(workspace_id, "live")
    return Posting.objects.get(id=posting_id)


def _key(finding: Finding) -> str:
    return f"correction:{finding.id}"


def _words(finding: Finding) -> str:
    return f"Correction of M-Pesa {finding.receipt_no}"


def _record(action: str, finding: Finding, actor: str) -> None:
    audit.record(
        action,
        actor=actor,
        subject=finding.receipt_no,
        before={"finding": f"{finding.kind} {finding.field}".strip(), "said": finding.said,
                "known": finding.known},
        after={"status": finding.status, "posting": finding.posting_id and str(finding.posting_id)},
        reason=finding.reason,
    )  # fmt: skip
