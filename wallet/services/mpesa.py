"""Money from M-Pesa: messages are stored first and judged later, and a receipt lands once."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from kernel import clock, ids, work
from wallet.chart import Account, Kind
from wallet.models import Entry, MpesaEvent, MpesaReceipt, Posting, TopUp
from wallet.mpesa import parse, phone, results
from wallet.mpesa.parse import StkCallback
from wallet.services import access, ledger, topups
from wallet.states import RECEIPT, TOPUP

log = logging.getLogger(__name__)

CURRENCY = "KES"


@transaction.atomic
def receive_stk_callback(*, token: str, raw: bytes, source_ip: str | None) -> MpesaEvent:
    """Keep the bytes of a callback and let a worker judge them."""
    event = MpesaEvent.objects.create(
        kind="stk_callback", token_sha256=topups.digest(token), raw=raw, source_ip=source_ip
    )
    work.enqueue("wallet.process_mpesa_event", event.id)
    return event


@transaction.atomic
def process_mpesa_event(event_id: str) -> None:
    """Judge one stored message and write what became of it. Idempotent; locks the message."""
    event = MpesaEvent.objects.select_for_update().get(id=event_id)
    if event.processed_at is not None:
        return
    # The first lock after the message: all that follows about this top-up happens in one order.
    asked = TopUp.objects.select_for_update().filter(callback_token_sha256=event.token_sha256)
    topup = asked.first()
    outcome = _judge(bytes(event.raw), topup)
    log.info("M-Pesa message %s: %s", event.id, outcome)
    MpesaEvent.objects.filter(id=event.id).update(
        processed_at=clock.now(), outcome=outcome[:200], topup=topup
    )


@transaction.atomic
def land(
    *,
    receipt_no: str,
    amount_minor: int,
    paid_at: datetime | None,
    shortcode: str,
    source: str,
    topup: TopUp | None = None,
    bill_ref: str = "",
    msisdn: str = "",
) -> MpesaReceipt:
    """Book one real payment: the only creator of money.

    The receipt row is the claim: a second message about the same payment waits for the first, then
    only fills in what was blank. Without a top-up the money waits in suspense. Locks top-up,
    receipt, wallet in that order.
    """
    if topup is not None:
        topup = TopUp.objects.select_for_update().get(id=topup.id)
    receipt = MpesaReceipt(
        receipt_no=receipt_no,
        shortcode=shortcode,
        amount_minor=amount_minor,
        currency=CURRENCY,
        paid_at=paid_at,
        first_source=source,
        sources=[source],
        bill_ref_raw=bill_ref[:64],
        msisdn_raw=msisdn,
        msisdn_tail=phone.tail(msisdn),
        topup=topup,
        workspace_id=topup.workspace_id if topup else None,
        status="credited" if topup else "suspense",
    )
    if not _insert(receipt):
        return _enrich(receipt)
    if topup is None:
        _post_to_suspense(receipt)
    else:
        _credit(receipt, topup, Kind.TOPUP)
    return receipt


def _judge(raw: bytes, topup: TopUp | None) -> str:
    if topup is None:
        log.error("an M-Pesa callback with a token that belongs to no top-up")
        return "refused: unknown token"
    try:
        callback = parse.parse_stk_callback(raw)
    except parse.Unreadable as problem:
        log.error("top-up %s: unreadable callback (%s)", topup.id, problem)
        return f"refused: unreadable, {problem}"
    if topup.checkout_request_id not in (None, callback.checkout_request_id):
        log.critical("top-up %s: callback of another push", topup.id)
        return "quarantined: of another push"
    if callback.result_code == results.PAID:
        return _accept(callback, topup)
    return _decline(callback, topup)


def _accept(callback: StkCallback, topup: TopUp) -> str:
    if callback.receipt_no is None or callback.amount_minor is None:
        topups.await_receipt(topup, code=callback.result_code)
        log.error("top-up %s: paid, but the callback has no receipt or amount", topup.id)
        return "held: no receipt or amount"
    if wrong := _contradiction(callback, topup):
        topups.await_receipt(topup, code=callback.result_code)
        log.critical("top-up %s: the callback's %s differs", topup.id, wrong)
        return f"held: {wrong} differs"
    _learn_ids(callback, topup)
    land(
        receipt_no=callback.receipt_no,
        amount_minor=callback.amount_minor,
        paid_at=callback.paid_at,
        shortcode=settings.DARAJA_SHORTCODE,
        source="stk_callback",
        topup=topup,
        bill_ref=topup.account_ref,
        msisdn=callback.msisdn or "",
    )
    return f"paid: {callback.receipt_no}"


def _contradiction(callback: StkCallback, topup: TopUp) -> str:
    """Name the fact in which the callback differs from what we asked for."""
    if callback.amount_minor != topup.amount_minor:
        return "amount"
    plain = callback.msisdn or ""
    # A masked or hashed number says nothing either way.
    if len(plain) == 12 and plain.isdigit() and f"+{plain}" != topup.phone_e164:
        return "phone"
    return ""


def _decline(callback: StkCallback, topup: TopUp) -> str:
    _learn_ids(callback, topup)
    result = results.result_of(callback.result_code)
    if result is None:
        topups.await_receipt(topup, code=callback.result_code)
        log.error("top-up %s: unknown result code %s", topup.id, callback.result_code)
        return f"open: unknown code {callback.result_code}"
    if result.is_alarm:
        access.raise_alarm(f"result code {callback.result_code}")
    topups.fail(topup, reason=result.reason, source="callback", code=callback.result_code)
    return f"failed: {result.reason}"


def _learn_ids(callback: StkCallback, topup: TopUp) -> None:
    """Keep the ids of a push whose reply was lost or is still on its way."""
    if not callback.checkout_request_id:
        return
    TopUp.objects.filter(id=topup.id, checkout_request_id__isnull=True).update(
        checkout_request_id=callback.checkout_request_id,
        merchant_request_id=callback.merchant_request_id,
    )


_INSERT_RECEIPT = """
    INSERT INTO wallet_mpesareceipt (receipt_no, shortcode, amount_minor, currency, paid_at,
        first_source, created_at, status, sources, bill_ref_raw, bill_ref, msisdn_raw, msisdn_tail,
        workspace_id, topup_id, verified_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (receipt_no) DO NOTHING
"""


def _insert(receipt: MpesaReceipt) -> bool:
    """Insert unless the payment is known; waits for a rival's commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_RECEIPT,
            [
                receipt.receipt_no, receipt.shortcode, receipt.amount_minor, receipt.currency,
                receipt.paid_at, receipt.first_source, receipt.created_at, receipt.status,
                receipt.sources, receipt.bill_ref_raw, receipt.bill_ref, receipt.msisdn_raw,
                receipt.msisdn_tail, receipt.workspace_id, receipt.topup_id,
            ],
        )  # fmt: skip
        receipt._state.adding = False
        return bool(cursor.rowcount == 1)


def _enrich(later: MpesaReceipt) -> MpesaReceipt:
    """Add to a known payment what a later message says; release it if that names the owner."""
    known = MpesaReceipt.objects.select_for_update().get(receipt_no=later.receipt_no)
    if (known.amount_minor, known.shortcode) != (later.amount_minor, later.shortcode):
        log.critical("receipt %s: two messages disagree about it", known.receipt_no)
        return known
    if later.first_source not in known.sources:
        known.sources = [*known.sources, later.first_source]
    known.paid_at = known.paid_at or later.paid_at
    known.bill_ref_raw = known.bill_ref_raw or later.bill_ref_raw
    if not known.msisdn_raw:
        known.msisdn_raw, known.msisdn_tail = later.msisdn_raw, later.msisdn_tail
    topup = later.topup
    if known.topup_id is None and topup is not None:
        known.topup, known.workspace_id = topup, topup.workspace_id
    known.save(
        update_fields=[
            "sources", "paid_at", "bill_ref_raw", "msisdn_raw", "msisdn_tail", "topup", "workspace"
        ]
    )  # fmt: skip
    if topup is not None and RECEIPT.apply(known, "release"):
        _credit(known, topup, Kind.SUSPENSE_RELEASE)
    return known


def _credit(receipt: MpesaReceipt, topup: TopUp, kind: Kind) -> None:
    posting = ledger.credit(
        workspace_id=topup.workspace_id,
        mode=topup.mode,
        net_minor=receipt.amount_minor,
        vat_minor=0,
        kind=kind,
        key=receipt.receipt_no,
        description=f"M-PESA {receipt.receipt_no}",
        topup_id=topup.id,
    )
    # A second receipt for one prompt is real money too; the top-up keeps its first.
    TOPUP.apply(
        topup,
        "pay",
        paid_at=receipt.paid_at or clock.now(),
        paid_minor=receipt.amount_minor,
        provider_reference=receipt.receipt_no,
    )
    topups.announce(
        topup,
        amount_minor=receipt.amount_minor,
        new_balance_minor=posting.balance_after_minor,
        reference=receipt.receipt_no,
    )


def _post_to_suspense(receipt: MpesaReceipt) -> None:
    """Book money whose owner is not known yet."""
    posting = Posting.objects.create(
        id=ids.uuid7(),
        workspace=None,
        mode="live",
        kind=Kind.SUSPENSE,
        source_ref=receipt.receipt_no,
        currency=receipt.currency,
        net_minor=receipt.amount_minor,
        description=f"M-PESA {receipt.receipt_no}",
    )
    lines = (
        (Account.SUSPENSE, receipt.amount_minor),
        (Account.MPESA_CLEARING, -receipt.amount_minor),
    )
    Entry.objects.bulk_create(
        Entry(posting=posting, account=account, amount_minor=amount) for account, amount in lines
    )
    log.error("receipt %s: no owner is known, the money waits in suspense", receipt.receipt_no)
