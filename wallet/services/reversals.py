"""Payments that go back: Safaricom's reversals, and refunds that we start."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from kernel import audit, clock, ids, work
from kernel.signing import keyed_hash
from wallet.chart import Account, Kind
from wallet.errors import RefundRefused
from wallet.models import Entry, MpesaEvent, MpesaReceipt, Posting, Refund
from wallet.mpesa import parse
from wallet.mpesa.back_office import DarajaFailed
from wallet.services import access, holds, ledger, sql
from wallet.states import RECEIPT, REFUND

log = logging.getLogger(__name__)

RESULT = "refund_result"
TOKEN_LENGTH = 32
# Long enough for a person to find out what became of a refund without an answer.
HOLD_TTL = timedelta(days=60)
# M-Pesa says these when the money is back with the payer already.
GONE_BACK = frozenset({"0", "R000001"})


@transaction.atomic
def reverse_payment(receipt_no: str, *, actor: str, reason: str) -> bool:
    """Book that M-Pesa took a payment back: first what is available, the rest is owed.

    Locks receipt and wallet. False when it was booked before. Raises RefundRefused.
    """
    receipt = MpesaReceipt.objects.select_for_update().filter(receipt_no=receipt_no).first()
    if receipt is None:
        raise RefundRefused(reason=f"Nobody paid with the receipt {receipt_no}.")
    if not RECEIPT.apply(receipt, "reverse"):
        return False
    for refund in receipt.refunds.all():
        # What we held for a refund is part of what M-Pesa took.
        _fail(refund, "reversed")
    if receipt.workspace_id is None:
        _book_from_suspense(receipt)
    else:
        _book_from_wallet(receipt)
    _record("wallet.payment_reversed", receipt, actor, reason)
    return True


@transaction.atomic
def ask_refund(receipt_no: str, *, reason: str, actor: str) -> Refund:
    """Hold the money of a payment and have M-Pesa send it back in full.

    Locks receipt and wallet. Raises RefundRefused, InsufficientBalance.
    """
    receipt = MpesaReceipt.objects.select_for_update().filter(receipt_no=receipt_no).first()
    if receipt is None or receipt.status != "credited" or receipt.workspace_id is None:
        raise RefundRefused(reason="Only a payment that is credited to a wallet can be refunded.")
    if receipt.amount_minor % 100:
        raise RefundRefused(reason="M-Pesa sends whole shillings back; refund this one by hand.")
    if not reason.strip():
        raise RefundRefused(reason="Say why the payment goes back.")
    attempt = receipt.refunds.count()
    hold = holds.place_hold(
        workspace_id=receipt.workspace_id,
        mode="live",
        amount_minor=receipt.amount_minor,
        key=f"refund:{receipt_no}" if not attempt else f"refund:{receipt_no}:{attempt}",
        expires_at=clock.now() + HOLD_TTL,
    )
    made = Refund(receipt=receipt, hold=hold, reason=reason.strip()[:100], asked_by=actor)
    made.callback_token_sha256 = hashlib.sha256(result_token(made).encode()).hexdigest()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise RefundRefused(reason="This payment is on its way back already.") from None
    work.enqueue("wallet.send_refund", made.id)
    _record("wallet.refund_asked", receipt, actor, made.reason)
    return made


def result_token(refund: Refund) -> str:
    """Return the unguessable part of the address where the result arrives."""
    return keyed_hash(settings.PEPPER, "wallet.refund", str(refund.id))[:TOKEN_LENGTH]


def send_refund(refund_id: str) -> None:
    """Ask M-Pesa once. What may have been sent is never sent again: it waits for its result."""
    refund = Refund.objects.select_related("receipt").get(id=refund_id)
    if not REFUND.apply(refund, "start"):
        REFUND.apply(refund, "lose_reply")
        return
    try:
        conversation = access.back_office().reverse(
            initiator=access.initiator(),
            receipt_no=refund.receipt_id,
            shillings=refund.receipt.amount_minor // 100,
            result_url=f"{settings.CALLBACK_URL}/h/{result_token(refund)}/r",
            remarks=refund.reason,
        )
    except DarajaFailed as problem:
        if problem.sent:
            REFUND.apply(refund, "lose_reply")
            log.critical("refund of %s: no answer, look at the statement", refund.receipt_id)
        else:
            _fail(refund, str(problem))
        return
    REFUND.apply(refund, "accept", conversation_id=conversation[:64])


def judge(event: MpesaEvent) -> str:
    """Settle a refund by M-Pesa's result, and say what became of it. The caller has a transaction."""
    refund = Refund.objects.filter(callback_token_sha256=event.token_sha256).first()
    if refund is None:
        return "refused: unknown token"
    # The receipt is locked first, as by every verb here.
    receipt = MpesaReceipt.objects.select_for_update().get(pk=refund.receipt_id)
    refund.refresh_from_db()
    try:
        result = parse.parse_result(bytes(event.raw))
    except parse.Unreadable as problem:
        return f"refused: unreadable, {problem}"
    if refund.conversation_id not in ("", result.conversation_id):
        log.critical("refund of %s: result of another conversation", refund.receipt_id)
        return "quarantined: of another conversation"
    if result.code in GONE_BACK:
        return _finish(refund, receipt, result.code)
    return _fail(refund, result.code)


def _finish(refund: Refund, receipt: MpesaReceipt, code: str) -> str:
    if not REFUND.apply(refund, "finish", result_code=code, ended_at=clock.now()):
        return f"known: {refund.status}"
    was_credited = RECEIPT.apply(receipt, "reverse")
    assert was_credited, f"receipt {receipt.receipt_no} was reversed under an open refund"
    taken = holds.capture_hold(
        hold_id=refund.hold_id,
        net_minor=receipt.amount_minor,
        vat_minor=0,
        kind=Kind.REVERSAL,
        description=f"Refund of M-PESA {receipt.receipt_no}",
    )
    if taken is None:
        # The hold's long time was over: then it is as if M-Pesa had taken the money by itself.
        _book_from_wallet(receipt)
    return f"refunded: {receipt.receipt_no}"


def _fail(refund: Refund, code: str) -> str:
    if REFUND.apply(refund, "fail", result_code=code[:32], ended_at=clock.now()):
        holds.void_hold(hold_id=refund.hold_id)
        log.error("refund of %s failed: %s", refund.receipt_id, code)
    return f"failed: {code}"


def _book_from_wallet(receipt: MpesaReceipt) -> None:
    row = sql.debit(
        "wallet_reverse", ids.uuid7(), receipt.workspace_id, "live", receipt.receipt_no,
        receipt.amount_minor, f"M-PESA took back {receipt.receipt_no}", receipt.topup_id,
    )  # fmt: skip
    assert row["outcome"] == "posted", f"receipt {receipt.receipt_no}: {row['outcome']}"
    assert receipt.workspace_id is not None
    sql.ring_wallet(receipt.workspace_id, "live")


def _book_from_suspense(receipt: MpesaReceipt) -> None:
    posting = Posting.objects.create(
        id=ids.uuid7(),
        workspace=None,
        mode="live",
        kind=Kind.REVERSAL,
        source_ref=receipt.receipt_no,
        currency=receipt.currency,
        net_minor=receipt.amount_minor,
        description=f"M-PESA took back {receipt.receipt_no}",
    )
    ledger.require_amount(receipt.amount_minor, 0)
    Entry.objects.bulk_create(
        Entry(posting=posting, account=account, amount_minor=amount)
        for account, amount in (
            (Account.SUSPENSE, -receipt.amount_minor),
            (Account.MPESA_CLEARING, receipt.amount_minor),
        )
    )


def _record(action: str, receipt: MpesaReceipt, actor: str, reason: str) -> None:
    audit.record(
        action,
        actor=actor,
        subject=receipt.receipt_no,
        workspace_id=receipt.workspace_id,
        reason=reason,
    )
