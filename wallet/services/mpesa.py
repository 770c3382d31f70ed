"""Messages from M-Pesa: stored first, judged later."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from kernel import clock, work
from wallet.models import MpesaEvent, TopUp
from wallet.mpesa import parse
from wallet.mpesa.parse import StkCallback
from wallet.mpesa.results import PAID, result_of
from wallet.services import access, inquiries, paybill, results, topups
from wallet.services.landing import land

log = logging.getLogger(__name__)

RESULT = "refund_result"


@transaction.atomic
def receive(
    *,
    kind: str,
    token: str,
    raw: bytes,
    source_ip: str | None,
    received_at: datetime | None = None,
) -> MpesaEvent:
    """Keep the bytes of a message and let a worker judge them."""
    event = MpesaEvent.objects.create(
        kind=kind,
        token_sha256=topups.digest(token),
        raw=raw,
        source_ip=source_ip,
        received_at=received_at or clock.now(),
    )
    work.enqueue("wallet.process_mpesa_event", event.id)
    return event


@transaction.atomic
def process_mpesa_event(event_id: str) -> None:
    """Judge one stored message and write what became of it. Idempotent; locks the message."""
    event = MpesaEvent.objects.select_for_update(no_key=True).get(id=event_id)
    if event.processed_at is not None:
        return
    if event.kind == "c2b_confirmation":
        topup, outcome = None, paybill.judge(event)
    elif event.kind == RESULT:
        topup, outcome = None, results.judge(event)
    else:
        # The first lock after the message: all that follows about this top-up happens in one order.
        asked = TopUp.objects.select_for_update(no_key=True).filter(
            callback_token_sha256=event.token_sha256
        )
        topup = asked.first()
        outcome = _judge(bytes(event.raw), topup)
    log.info("M-Pesa message %s: %s", event.id, outcome)
    MpesaEvent.objects.filter(id=event.id).update(
        processed_at=clock.now(), outcome=outcome[:200], topup=topup
    )


def _judge(raw: bytes, topup: TopUp | None) -> str:
    if topup is None:
        log.error("an M-Pesa callback with a token that belongs to no top-up")
        return "refused: unknown token"
    try:
        callback = parse.parse_stk_callback(raw)
    except parse.Unreadable as problem:
        log.error("top-up %s: unreadable callback (%s)", topup.id, problem)
        return f"refused: unreadable, {problem}"
    if _is_of_another_push(callback, topup):
        log.critical("top-up %s: callback of another push", topup.id)
        return "quarantined: of another push"
    if callback.result_code == PAID:
        return _accept(callback, topup)
    return _decline(callback, topup)


def _is_of_another_push(callback: StkCallback, topup: TopUp) -> bool:
    """Say whether a callback names a push that is not this top-up's, as far as we were told."""
    if topup.checkout_request_id is not None:
        return topup.checkout_request_id != callback.checkout_request_id
    others = TopUp.objects.filter(checkout_request_id=callback.checkout_request_id)
    return bool(callback.checkout_request_id) and others.exclude(id=topup.id).exists()


def _accept(callback: StkCallback, topup: TopUp) -> str:
    if callback.receipt_no is None or callback.amount_minor is None:
        topups.await_receipt(topup, code=callback.result_code)
        log.error("top-up %s: paid, but the callback has no receipt or amount", topup.id)
        return "held: no receipt or amount"
    if wrong := _contradiction(callback, topup):
        log.critical("top-up %s: the callback's %s differs", topup.id, wrong)
        return _verify(callback, topup, reason=f"{wrong} differs")
    _learn_ids(callback, topup)
    if inquiries.must_wait(callback.receipt_no, callback.amount_minor):
        return _verify(callback, topup, reason="large")
    _land(callback, topup, amount_minor=callback.amount_minor)
    return f"paid: {callback.receipt_no}"


def _land(callback: StkCallback, topup: TopUp, *, amount_minor: int) -> None:
    assert callback.receipt_no is not None
    land(
        receipt_no=callback.receipt_no,
        amount_minor=amount_minor,
        paid_at=callback.paid_at,
        shortcode=settings.DARAJA_SHORTCODE,
        source="stk_callback",
        topup=topup,
        bill_ref=topup.account_ref,
        msisdn=callback.msisdn or "",
    )


def _verify(callback: StkCallback, topup: TopUp, *, reason: str) -> str:
    """Keep the top-up open until M-Pesa itself says what was paid."""
    topups.await_receipt(topup, code=callback.result_code)
    if callback.receipt_no is None or not access.can_ask():
        return f"held: {reason}"
    asked = inquiries.ask(
        callback.receipt_no,
        reason=reason,
        claimed_minor=callback.amount_minor,
        topup=topup,
        bill_ref=topup.account_ref,
        msisdn=callback.msisdn or "",
    )
    if asked.status == "confirmed" and asked.found_minor is not None:
        # M-Pesa has vouched for the receipt already, and this address says whose it is.
        _land(callback, topup, amount_minor=asked.found_minor)
        return f"paid as verified: {callback.receipt_no}"
    return f"held: {reason}"


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
    result = result_of(callback.result_code)
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
