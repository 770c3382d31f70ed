"""Payments that go back: Safaricom's reversals, and refunds that we start, in full or in part."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from kernel import audit, clock, ids, work
from kernel.money import Money
from kernel.signing import keyed_hash
from wallet import ports
from wallet.chart import Account, Kind
from wallet.errors import RefundRefused
from wallet.models import Entry, Hold, MpesaReceipt, Posting, Refund
from wallet.mpesa.back_office import DarajaFailed, Taken
from wallet.mpesa.parse_results import Result
from wallet.services import access, holds, ledger, sql
from wallet.states import RECEIPT, REFUND, REFUND_OPEN

log = logging.getLogger(__name__)

TOKEN_LENGTH = 32
# Long enough for a person to find out what became of a refund without an answer.
HOLD_TTL = timedelta(days=60)
# M-Pesa says these when the money is back with the payer already.
GONE_BACK = frozenset({"0", "R000001"})
PAYOUT_MIN_MINOR, PAYOUT_MAX_MINOR = 10_00, 250_000_00
# What M-Pesa refused so often is for a person.
TRIES_MAX, RETURNS_PER_RUN_MAX = 3, 100


@transaction.atomic
def reverse_payment(receipt_no: str, *, actor: str, reason: str) -> bool:
    """Book that M-Pesa took a payment back: first what is available, the rest is owed.

    Locks receipt and wallet. False when it was booked before. Raises RefundRefused.
    """
    receipt = (
        MpesaReceipt.objects.select_for_update(no_key=True).filter(receipt_no=receipt_no).first()
    )
    if receipt is None:
        raise RefundRefused(reason=f"Nobody paid with the receipt {receipt_no}.")
    if not RECEIPT.apply(receipt, "reverse"):
        return False
    for refund in receipt.refunds.all():
        # What we held for a refund is part of what M-Pesa took.
        give_up(refund, "reversed")
    if receipt.workspace_id is None:
        _book_from_suspense(receipt)
    else:
        _book_from_wallet(receipt, receipt.amount_minor, receipt.receipt_no)
        work.enqueue(ports.TELL_OWNERS_OF_REVERSAL, receipt.receipt_no)
    _record("wallet.payment_reversed", receipt, actor, reason)
    return True


@transaction.atomic
def ask_refund(receipt_no: str, *, reason: str, actor: str) -> Refund:
    """Hold the money of a payment and have M-Pesa send it back in full.

    A payment in suspense goes back from there, without a hold. Locks receipt and wallet. Raises
    RefundRefused, InsufficientBalance.
    """
    receipt = _lock(receipt_no)
    if receipt.refunds.filter(way="b2c", status="done").exists():
        raise RefundRefused(reason="A part of this payment went back; pay out the rest.")
    return _ask(receipt, Refund(way="reversal", amount_minor=receipt.amount_minor), reason, actor)


@transaction.atomic
def ask_payout(receipt_no: str, *, amount_minor: int, reason: str, actor: str) -> Refund:
    """Hold a part of a payment and have M-Pesa pay it out to the phone that paid.

    Locks receipt and wallet. Raises RefundRefused, InsufficientBalance.
    """
    receipt = _lock(receipt_no)
    if receipt.status != "credited":
        raise RefundRefused(reason="Only a part of a credited payment can be paid out.")
    gone = sum(
        receipt.refunds.filter(way="b2c", status="done").values_list("amount_minor", flat=True)
    )
    if not PAYOUT_MIN_MINOR <= amount_minor <= PAYOUT_MAX_MINOR:
        raise RefundRefused(reason="M-Pesa pays out KES 10 to KES 250,000.")
    if amount_minor + gone > receipt.amount_minor:
        left = Money(receipt.amount_minor - gone, receipt.currency)
        raise RefundRefused(reason=f"Of this payment {left} is left.")
    phone = receipt.payer_e164 or (receipt.topup.phone_e164 if receipt.topup else "")
    if not phone:
        raise RefundRefused(reason="M-Pesa did not tell us the whole number; refund it in full.")
    made = Refund(way="b2c", amount_minor=amount_minor, phone_e164=phone)
    return _ask(receipt, made, reason, actor)


def return_suspense() -> str:
    """Send back the payments that nobody owned for so many days. Idempotent: one refund at a time."""
    if not access.can_ask():
        return "no API operator is set, nothing can be sent back"
    old = MpesaReceipt.objects.filter(
        status="suspense", created_at__lt=clock.now() - timedelta(days=settings.SUSPENSE_DAYS)
    ).exclude(refunds__status__in=REFUND_OPEN)
    counts = {"sent back": 0, "for a person": 0}
    for receipt_no in list(
        old.values_list("receipt_no", flat=True).distinct()[:RETURNS_PER_RUN_MAX]
    ):
        is_sent = _return(receipt_no)
        counts["sent back" if is_sent else "for a person"] += 1
    return ", ".join(f"{count} {words}" for words, count in counts.items())


def _return(receipt_no: str) -> bool:
    if Refund.objects.filter(receipt=receipt_no, status="failed").count() >= TRIES_MAX:
        return False
    try:
        days = f"{settings.SUSPENSE_DAYS} days without an owner"
        ask_refund(receipt_no, reason=days, actor="wallet.return_suspense")
    except RefundRefused as refused:
        log.error("receipt %s stays in suspense: %s", receipt_no, refused)
        return False
    return True


def _lock(receipt_no: str) -> MpesaReceipt:
    receipt = (
        MpesaReceipt.objects.select_for_update(no_key=True).filter(receipt_no=receipt_no).first()
    )
    if receipt is None or receipt.status not in ("credited", "suspense"):
        raise RefundRefused(reason="Only a payment that is here can be refunded.")
    if receipt.amount_minor % 100:
        raise RefundRefused(reason="M-Pesa sends whole shillings back; refund this one by hand.")
    return receipt


def _ask(receipt: MpesaReceipt, made: Refund, reason: str, actor: str) -> Refund:
    if not reason.strip():
        raise RefundRefused(reason="Say why the payment goes back.")
    made.receipt, made.reason, made.asked_by = receipt, reason.strip()[:100], actor
    made.hold = _hold(receipt, made)
    made.callback_token_sha256 = hashlib.sha256(result_token(made).encode()).hexdigest()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise RefundRefused(reason="This payment is on its way back already.") from None
    work.enqueue("wallet.send_refund", made.id)
    _record("wallet.refund_asked", receipt, actor, made.reason)
    return made


def _hold(receipt: MpesaReceipt, made: Refund) -> Hold | None:
    """Set the money aside; what waits in suspense is in no wallet."""
    if receipt.workspace_id is None or receipt.status == "suspense":
        return None
    attempt = receipt.refunds.count()
    name = f"{'payout' if made.way == 'b2c' else 'refund'}:{receipt.receipt_no}"
    return holds.place_hold(
        workspace_id=receipt.workspace_id,
        mode="live",
        amount_minor=made.amount_minor,
        key=f"{name}:{attempt}" if attempt else name,
        expires_at=clock.now() + HOLD_TTL,
    )


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
        taken = _order(refund)
    except DarajaFailed as problem:
        if problem.sent:
            REFUND.apply(refund, "lose_reply")
            log.critical("refund of %s: no answer, look at the statement", refund.receipt_id)
        else:
            give_up(refund, str(problem))
        return
    REFUND.apply(
        refund, "accept", conversation_id=taken.conversation_id, originator_id=taken.originator_id
    )


def _order(refund: Refund) -> Taken:
    office, url = access.back_office(), f"{settings.CALLBACK_URL}/h/{result_token(refund)}/r"
    operator, shillings = access.operator(), refund.amount_minor // 100
    if refund.way == "b2c":
        return office.b2c(
            operator=operator,
            order_id=refund.order_id,
            msisdn=refund.phone_e164.removeprefix("+"),
            shillings=shillings,
            result_url=url,
            remarks=refund.reason,
        )
    return office.reverse(
        operator=operator,
        receipt_no=refund.receipt_id,
        shillings=shillings,
        result_url=url,
        remarks=refund.reason,
    )


def judge_refund(refund: Refund, result: Result) -> str:
    """Settle a refund by M-Pesa's result, and say what became of it. The caller has a transaction."""
    # The receipt is locked first, as by every verb here.
    receipt = MpesaReceipt.objects.select_for_update(no_key=True).get(pk=refund.receipt_id)
    refund.refresh_from_db()
    if refund.conversation_id not in ("", result.conversation_id):
        log.critical("refund of %s: result of another conversation", refund.receipt_id)
        return "quarantined: of another conversation"
    gone = result.code == "0" or (refund.way == "reversal" and result.code in GONE_BACK)
    if gone:
        return finish(refund, receipt, result.code)
    return give_up(refund, result.code)


def finish(refund: Refund, receipt: MpesaReceipt, code: str) -> str:
    """Book that a refund reached its payer, once; the caller holds the receipt's lock."""
    if not REFUND.apply(refund, "finish", result_code=code, ended_at=clock.now()):
        return f"known: {refund.status}"
    if refund.way == "reversal":
        was_here = RECEIPT.apply(receipt, "reverse")
        assert was_here, f"receipt {receipt.receipt_no} was reversed under an open refund"
    if refund.hold_id is None:
        _book_from_suspense(receipt)
    else:
        _take_hold(refund, receipt)
    if receipt.workspace_id is not None:
        work.enqueue(ports.TELL_OWNERS_OF_REVERSAL, f"{receipt.receipt_no}:{refund.id}")
    return f"refunded: {receipt.receipt_no}"


def _take_hold(refund: Refund, receipt: MpesaReceipt) -> None:
    assert refund.hold is not None
    taken = holds.capture_hold(
        hold_id=refund.hold.id,
        net_minor=refund.amount_minor,
        vat_minor=0,
        kind=Kind.REVERSAL,
        description=f"Refund of M-Pesa {receipt.receipt_no}",
    )
    if taken is None:
        # The hold's long time was over: then it is as if M-Pesa had taken the money by itself.
        _book_from_wallet(receipt, refund.amount_minor, refund.hold.key)


def give_up(refund: Refund, code: str) -> str:
    """Give the held money of a refund back that was not carried out; the caller holds the lock."""
    if REFUND.apply(refund, "fail", result_code=code[:32], ended_at=clock.now()):
        if refund.hold_id is not None:
            holds.void_hold(hold_id=refund.hold_id)
        log.error("refund of %s failed: %s", refund.receipt_id, code)
    return f"failed: {code}"


def _book_from_wallet(receipt: MpesaReceipt, amount_minor: int, key: str) -> None:
    row = sql.debit(
        "wallet_reverse", ids.uuid7(), receipt.workspace_id, "live", key, amount_minor,
        f"M-Pesa took back {receipt.receipt_no}", receipt.topup_id,
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
        description=f"M-Pesa took back {receipt.receipt_no}",
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
