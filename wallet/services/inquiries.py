"""Doubtful payments: M-Pesa itself is asked before a message is believed, or after nobody listed it."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from kernel import clock, work
from kernel.signing import keyed_hash
from wallet.models import Inquiry, MpesaEvent, MpesaReceipt, TopUp
from wallet.mpesa.back_office import DarajaFailed
from wallet.mpesa.parse_results import Found, Result, found_of
from wallet.services import access, landing, reversals
from wallet.states import INQUIRY

log = logging.getLogger(__name__)

TOKEN_LENGTH = 32
# An answer takes seconds; a question without one is put again this often, then a person decides.
ASK_AGAIN_AFTER = tuple(timedelta(seconds=each) for each in (60, 120, 300, 900, 3600))
FINAL = frozenset({"cancelled", "declined", "expired"})
# Transaction Status says one of these when there is no such payment.
NO_SUCH_RECEIPT = frozenset({"R000002", "2032"})
PULLS_MISSED_MAX = 2
SETTLE_TIME = timedelta(minutes=20)
SUSPECTS_PER_RUN_MAX = 50
BY_STATUS = "status"


def is_large(amount_minor: int) -> bool:
    """Say whether a payment is verified before it is credited."""
    return bool(amount_minor >= settings.VERIFY_MIN_MINOR)


def must_wait(receipt_no: str, amount_minor: int) -> bool:
    """Say whether a large payment has to be verified first: nobody vouched for it yet, and we can ask."""
    known = MpesaReceipt.objects.filter(receipt_no=receipt_no).exists()
    return is_large(amount_minor) and not known and access.can_ask()


@transaction.atomic
def ask(
    receipt_no: str,
    *,
    reason: str,
    claimed_minor: int | None = None,
    topup: TopUp | None = None,
    bill_ref: str = "",
    msisdn: str = "",
) -> Inquiry:
    """Have M-Pesa asked about a receipt, once; a later message adds whose prompt or account it was.

    Locks the question. Idempotent by receipt.
    """
    row = Inquiry(
        kind="payment",
        receipt_no=receipt_no,
        reason=reason[:100],
        claimed_minor=claimed_minor,
        topup=topup,
        bill_ref=bill_ref[:64],
        msisdn=msisdn[:80],
    )
    row.callback_token_sha256 = hashlib.sha256(token_of(row).encode()).hexdigest()
    Inquiry.objects.bulk_create([row], ignore_conflicts=True)
    known = Inquiry.objects.select_for_update(no_key=True).get(
        kind="payment", receipt_no=receipt_no
    )
    if known.id == row.id:
        work.enqueue("wallet.send_inquiry", row.id)
        log.warning("receipt %s is verified with M-Pesa first: %s", receipt_no, reason)
        return known
    if known.status == "open":
        known.topup = known.topup or topup
        known.bill_ref = known.bill_ref or bill_ref[:64]
        known.msisdn = known.msisdn or msisdn[:80]
        known.save(update_fields=["topup", "bill_ref", "msisdn"])
    return known


def token_of(inquiry: Inquiry) -> str:
    """Return the unguessable part of the address where the answer arrives."""
    return keyed_hash(settings.PEPPER, "wallet.inquiry", str(inquiry.id))[:TOKEN_LENGTH]


def send_inquiry(inquiry_id: str) -> datetime | None:
    """Put the question, and return when to put it again while nothing has answered.

    A question moves no money, so it may be sent as often as it likes.
    """
    row = Inquiry.objects.get(id=inquiry_id)
    if row.status != "open":
        return None
    if row.attempts >= len(ASK_AGAIN_AFTER):
        INQUIRY.apply(row, "lose", outcome="no answer from M-Pesa")
        log.critical("%s: M-Pesa does not say", row)
        return None
    Inquiry.objects.filter(id=row.id).update(attempts=row.attempts + 1)
    try:
        _put(row)
    except DarajaFailed as problem:
        Inquiry.objects.filter(id=row.id).update(outcome=str(problem)[:200])
        log.error("the question about %s was not taken: %s", row, problem)
    return clock.now() + ASK_AGAIN_AFTER[row.attempts]


def _put(row: Inquiry) -> None:
    office, url = access.back_office(), f"{settings.CALLBACK_URL}/h/{token_of(row)}/r"
    if row.kind == "balance":
        office.account_balance(operator=access.operator(), result_url=url)
    elif row.refund is not None:
        office.order_status(
            operator=access.operator(), order_id=row.refund.order_id, result_url=url
        )
    else:
        office.transaction_status(
            operator=access.operator(), receipt_no=row.receipt_no, result_url=url
        )


def ask_again(row: Inquiry) -> bool:
    """Put a question again that we had given up; False when it is open or answered."""
    moved = INQUIRY.apply(row, "ask_again", attempts=0)
    if moved:
        work.enqueue("wallet.send_inquiry", row.id)
    return moved


def judge_payment(inquiry: Inquiry, result: Result) -> str:
    """Credit what M-Pesa vouches for, and nothing else. The caller has a transaction.

    Locks top-up, question, receipt and wallet in that order.
    """
    if inquiry.topup_id:
        TopUp.objects.select_for_update(no_key=True).get(id=inquiry.topup_id)
    row = Inquiry.objects.select_for_update(no_key=True).get(id=inquiry.id)
    if row.status in INQUIRY.final:
        return f"known: {row.status}"
    if result.code in NO_SUCH_RECEIPT:
        return _deny(row, f"M-Pesa knows no such payment ({result.code})")
    found = found_of(result)
    if result.code != "0" or not found.status:
        return f"open: {result.code} {result.words}"[:200]
    if found.receipt_no != row.receipt_no:
        log.critical("receipt %s: the answer is about %s", row.receipt_no, found.receipt_no)
        return "quarantined: of another receipt"
    if found.status in FINAL:
        return _deny(row, f"M-Pesa says {found.status}")
    if found.status != "completed" or found.amount_minor is None:
        return f"open: {found.status}"[:200]
    if _is_elsewhere(found):
        return _deny(row, f"paid to {found.credit_party}")
    return _confirm(row, found)


def sweep() -> str:
    """Ask about credited payments that M-Pesa did not list, and large ones that nobody vouched for."""
    waiting = Inquiry.objects.filter(kind="payment", status__in=("open", "lost")).count()
    if not access.can_ask():
        return "no API operator is set, nobody can be asked"
    suspects = MpesaReceipt.objects.filter(
        Q(pulls_missed__gte=PULLS_MISSED_MAX) | Q(amount_minor__gte=settings.VERIFY_MIN_MINOR),
        verified_by="",
        status__in=("credited", "suspense"),
        shortcode=settings.DARAJA_SHORTCODE,
    ).exclude(receipt_no__in=Inquiry.objects.filter(kind="payment").values("receipt_no"))
    rows = list(suspects.order_by("created_at")[:SUSPECTS_PER_RUN_MAX])
    for each in rows:
        is_missed = each.pulls_missed >= PULLS_MISSED_MAX
        ask(each.receipt_no, reason="not listed by Pull" if is_missed else "large")
    return f"{len(rows)} asked about, {waiting} waiting for an answer"


def note_unlisted(since: datetime, seen: set[str]) -> int:
    """Count against each payment of a Pull's window that the Pull did not list it.

    A payment is given some time to be listed at all: the lag of a Pull is not known.
    """
    unlisted = MpesaReceipt.objects.filter(
        created_at__range=(since, clock.now() - SETTLE_TIME),
        verified_by="",
        status="credited",
        shortcode=settings.DARAJA_SHORTCODE,
        pulls_missed__lt=PULLS_MISSED_MAX,
    ).exclude(receipt_no__in=seen)
    return sum(
        MpesaReceipt.objects.filter(pk=each.pk).update(pulls_missed=each.pulls_missed + 1)
        for each in unlisted
    )


def _confirm(row: Inquiry, found: Found) -> str:
    assert found.amount_minor is not None
    receipt = landing.land(
        receipt_no=row.receipt_no,
        amount_minor=found.amount_minor,
        paid_at=found.finished_at,
        shortcode=settings.DARAJA_SHORTCODE,
        source=BY_STATUS,
        topup=row.topup,
        bill_ref=row.bill_ref,
        msisdn=row.msisdn,
    )
    end(row, "confirm", f"{receipt.status}: {found.status}", found_minor=found.amount_minor)
    if receipt.amount_minor != found.amount_minor:
        log.critical("receipt %s: credited with another amount than paid", row.receipt_no)
        return f"confirmed with another amount: {row.receipt_no}"
    MpesaReceipt.objects.filter(pk=receipt.pk, verified_by="").update(
        verified_by=BY_STATUS, verified_at=clock.now()
    )
    return f"{receipt.status}: {row.receipt_no}"


def _deny(row: Inquiry, why: str) -> str:
    """Believe that a payment was never made; what was credited for it is taken back if no Pull lists it."""
    end(row, "deny", why)
    log.critical("receipt %s is not real: %s", row.receipt_no, why)
    receipt = MpesaReceipt.objects.select_for_update(no_key=True).filter(pk=row.receipt_no).first()
    is_forged = receipt is not None and receipt.pulls_missed >= PULLS_MISSED_MAX
    if is_forged and receipt is not None and not receipt.verified_by:
        reversals.reverse_payment(row.receipt_no, actor="verification", reason=why)
        return f"reversed: {row.receipt_no}, {why}"[:200]
    return f"denied: {why}"[:200]


# The columns are those of an inquiry.
def end(row: Inquiry, event: str, outcome: str, **columns: Any) -> None:
    """Close a question with what came of it; the caller holds its lock."""
    INQUIRY.apply(row, event, outcome=outcome[:200], ended_at=clock.now(), **columns)


def _is_elsewhere(found: Found) -> bool:
    party = found.credit_party.split(" ")[0]
    return bool(party) and party != settings.DARAJA_SHORTCODE


def inquiry_of(event: MpesaEvent) -> Inquiry | None:
    """Return the question whose answer a message is."""
    return Inquiry.objects.filter(callback_token_sha256=event.token_sha256).first()
