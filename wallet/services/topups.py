"""Top-ups: the wish to pay, the prompt on the phone, and what became of it."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel import bell, clock, limits, work
from kernel.errors import BadRequest
from kernel.events import emit
from kernel.money import Money
from kernel.phrases import Phrase
from kernel.signing import keyed_hash
from wallet import ports, queries
from wallet.chart import Kind
from wallet.errors import CurrencyMismatch, InvalidAmount, TopUpProviderFailed
from wallet.events import WalletToppedUp
from wallet.models import TopUp
from wallet.mpesa.classify import Verdict
from wallet.mpesa.client import Answer
from wallet.mpesa.phone import normalise_msisdn, to_e164
from wallet.services import access, cooldowns, ledger, sql
from wallet.states import TOPUP

log = logging.getLogger(__name__)

TOPUP_TTL = timedelta(hours=48)
QUERY_AFTER_SECONDS = (15, 30, 50, 80, 130, 300, 900)
TOKEN_LENGTH = 32
PUSHES_PER_SECOND, QUERIES_PER_SECOND = 5, 2


@transaction.atomic
def start_topup(
    *,
    workspace_id: UUID,
    mode: str,
    amount_minor: int,
    currency: str,
    phone_e164: str,
    account_ref: str,
) -> TopUp:
    """Record the wish to pay and let a worker prompt the phone; test money arrives at once.

    Locks the phone. Raises CurrencyMismatch, InvalidAmount, BadRequest, WalletNotFound, RateLimited
    and, while our M-Pesa set-up is refused, TopUpProviderFailed.
    """
    wallet = queries.wallet_of(workspace_id, mode)
    if currency != wallet.currency:
        raise CurrencyMismatch(expected=wallet.currency, currency=currency)
    require_topup_amount(amount_minor, currency)
    moment = clock.now()
    topup = TopUp(
        workspace_id=workspace_id,
        mode=mode,
        amount_minor=amount_minor,
        currency=currency,
        phone_e164=_read_phone(phone_e164),
        account_ref=account_ref,
        created_at=moment,
        expires_at=moment + TOPUP_TTL,
    )
    if mode == "test":
        return _confirm_test_topup(topup)
    return _request_push(topup)


def require_topup_amount(amount_minor: int, currency: str) -> None:
    """Refuse what M-Pesa cannot carry: parts of a shilling, too little, too much."""
    least, most = settings.TOPUP_MIN_MINOR, settings.TOPUP_MAX_MINOR
    is_whole = type(amount_minor) is int and amount_minor % 100 == 0
    if not is_whole or not least <= amount_minor <= most:
        low, high = Money(least, currency), Money(most, currency)
        raise InvalidAmount(reason=f"A top-up is whole shillings from {low} to {high}.")


def callback_token(topup_id: UUID) -> str:
    """Return the unguessable part of a top-up's callback URL; made from a key, so never stored."""
    return keyed_hash(settings.PEPPER, "wallet.topup.callback", str(topup_id))[:TOKEN_LENGTH]


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def push_topup(topup_id: str) -> datetime | None:
    """Prompt the phone once; what may have been sent is never sent again.

    Idempotent: the row is claimed by its state, and a claim whose worker died counts as sent.
    """
    if not limits.allow("daraja.push", rate_per_second=PUSHES_PER_SECOND, burst=10).allowed:
        return clock.now() + timedelta(seconds=1)
    topup = TopUp.objects.get(id=topup_id)
    if not TOPUP.apply(topup, "start_push"):
        if TOPUP.apply(topup, "lose_reply"):
            log.warning("top-up %s: the worker that pushed it died", topup.id)
        return None
    answer = access.daraja().stk_push(
        msisdn=topup.phone_e164.removeprefix("+"),
        shillings=topup.amount_minor // 100,
        reference=topup.account_ref,
        callback_url=f"{settings.CALLBACK_URL}/h/{callback_token(topup.id)}/s",
    )
    _record_push(topup, answer)
    return None


def query_topup(topup_id: str) -> datetime | None:
    """Ask how an open top-up ended, and return when to ask again: it explains, it never credits."""
    topup = TopUp.objects.get(id=topup_id)
    if topup.status in ("paid", "failed"):
        return None
    if clock.now() >= topup.expires_at:
        fail(topup, reason="expired", source="expiry")
        return None
    if topup.checkout_request_id and topup.queries_count < len(QUERY_AFTER_SECONDS):
        if not limits.allow("daraja.query", rate_per_second=QUERIES_PER_SECOND, burst=4).allowed:
            return clock.now() + timedelta(seconds=1)
        TopUp.objects.filter(id=topup.id).update(queries_count=topup.queries_count + 1)
        _record_query(topup, access.daraja().stk_query(topup.checkout_request_id))
    return _next_query(topup)


def fail(topup: TopUp, *, reason: str, source: str, code: str = "") -> bool:
    """Mark a top-up as failed; a payment that still arrives turns it into paid."""
    why = {"failure_reason": reason, "failure_source": source, "result_code": code}
    moved = TOPUP.apply(topup, "fail", failed_at=clock.now(), **why)
    if not moved and source == "callback":
        moved = TOPUP.apply(topup, "explain", **why)
    if moved:
        log.info("top-up %s failed: %s (%s, %s)", topup.id, reason, source, code)
        ring(topup)
    return moved


def await_receipt(topup: TopUp, *, code: str) -> bool:
    """Keep a top-up open: M-Pesa says something that only a receipt can prove."""
    moved = TOPUP.apply(topup, "await_receipt", result_code=code)
    if moved:
        ring(topup)
    return moved


def announce(topup: TopUp, *, amount_minor: int, new_balance_minor: int, reference: str) -> None:
    """Write `wallet.top_up` in the transaction that moved the money."""
    event = WalletToppedUp(
        topup_id=topup.id,
        amount_minor=amount_minor,
        currency=topup.currency,
        new_balance_minor=new_balance_minor,
        provider="mpesa",
        provider_reference=reference,
    )
    emit(event, workspace_id=topup.workspace_id, mode=topup.mode)
    sql.ring_wallet(topup.workspace_id, topup.mode)
    ring(topup)


def is_late(topup: TopUp) -> bool:
    """Say whether its payer was told already that we gave up waiting, or would tell them later."""
    is_told = topup.status == "failed" or clock.now() >= topup.created_at + queries.PATIENCE
    return topup.channel == "stk" and topup.status != "paid" and is_told


def announce_late(topup: TopUp) -> None:
    """Tell the owners by mail, and open pages of the workspace, that money came after all."""
    work.enqueue(ports.TELL_OWNERS_OF_LATE_TOPUP, topup.id)
    bell.ring("live", f"{topup.workspace_id}:{topup.mode}:late")


def ring(topup: TopUp) -> None:
    """Tell open pages that the top-up moved."""
    bell.ring("live", f"{topup.workspace_id}:{topup.mode}:topup:{topup.id}")


def _read_phone(text: str) -> str:
    try:
        return to_e164(normalise_msisdn(text))
    except ValueError:
        problem = Phrase("must be a Kenyan mobile number: 07…, 01… or +254…")
        raise BadRequest(fields=[("phone_e164", problem)]) from None


def _confirm_test_topup(topup: TopUp) -> TopUp:
    """Credit the test wallet at once: its own channel and account, and no M-Pesa anywhere."""
    reference = f"TEST{topup.id.hex[-6:].upper()}"
    topup.channel = "test"
    topup.save(force_insert=True)
    posting = ledger.credit(
        workspace_id=topup.workspace_id,
        mode=topup.mode,
        net_minor=topup.amount_minor,
        vat_minor=0,
        kind=Kind.TOPUP,
        key=f"test:{topup.id}",
        description="Test top-up",
        topup_id=topup.id,
    )
    TOPUP.apply(
        topup,
        "pay",
        paid_at=clock.now(),
        paid_minor=topup.amount_minor,
        provider_reference=reference,
    )
    announce(
        topup,
        amount_minor=topup.amount_minor,
        new_balance_minor=posting.balance_after_minor,
        reference=reference,
    )
    return topup


def _request_push(topup: TopUp) -> TopUp:
    if access.is_alarm_up() or not access.is_configured():
        raise TopUpProviderFailed()
    cooldowns.require_cool(
        workspace_id=topup.workspace_id,
        phone_e164=topup.phone_e164,
        amount_minor=topup.amount_minor,
    )
    topup.callback_token_sha256 = digest(callback_token(topup.id))
    topup.save(force_insert=True)
    work.enqueue("wallet.push_topup", topup.id)
    work.enqueue("wallet.query_topup", topup.id, due_at=_query_at(topup, QUERY_AFTER_SECONDS[0]))
    return topup


def _record_push(topup: TopUp, answer: Answer) -> None:
    verdict = answer.outcome.verdict
    if verdict is Verdict.ACCEPTED:
        access.clear_alarm()
        _store_ids(topup, answer)
        TOPUP.apply(topup, "submit", submitted_at=clock.now())
    elif verdict is Verdict.REFUSED:
        if answer.outcome.is_alarm:
            access.raise_alarm(f"push refused: {answer.code or 'no token'}")
        fail(topup, reason=answer.outcome.reason, source="push", code=answer.code)
    else:
        TOPUP.apply(topup, "lose_reply", result_code=answer.code)
        log.warning("top-up %s: no usable reply to its push", topup.id)
    ring(topup)


def _store_ids(topup: TopUp, answer: Answer) -> None:
    """Keep Daraja's ids whatever the state: the callback may have come before this reply."""
    ids: dict[str, Any] = {
        "checkout_request_id": answer.checkout_request_id or None,
        "merchant_request_id": answer.merchant_request_id,
    }
    TopUp.objects.filter(id=topup.id, checkout_request_id__isnull=True).update(**ids)


def _record_query(topup: TopUp, answer: Answer) -> None:
    verdict = answer.outcome.verdict
    if verdict is Verdict.SAYS_PAID:
        await_receipt(topup, code=answer.code)
    elif verdict is Verdict.SAYS_FAILED:
        fail(topup, reason=answer.outcome.reason, source="query", code=answer.code)
    elif answer.outcome.is_alarm:
        log.error("top-up %s: the query was refused (%s)", topup.id, answer.code)


def _next_query(topup: TopUp) -> datetime | None:
    if topup.status in ("paid", "failed"):
        return None
    moment = clock.now()
    for seconds in QUERY_AFTER_SECONDS:
        if _query_at(topup, seconds) > moment:
            return _query_at(topup, seconds)
    return topup.expires_at


def _query_at(topup: TopUp, seconds: int) -> datetime:
    return topup.created_at + timedelta(seconds=seconds)
