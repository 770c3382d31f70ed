"""The door of M-Pesa's callbacks: keep the bytes, on disk if need be, say yes, work later."""

from __future__ import annotations

import logging
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel import limits
from kernel.client_ip import client_ip
from wallet.models import TopUp
from wallet.services import mpesa, paybill, results, spool, topups

log = logging.getLogger(__name__)

BODY_MAX_BYTES = 64 * 1024
# Evidence of forgers is kept, but not without end.
STRANGERS_PER_SECOND, STRANGERS_BURST = 1, 20


@csrf_exempt
@require_POST
def stk_callback(request: HttpRequest, token: str) -> HttpResponse:
    """Take the result of a push. The answer is always yes: there is no second delivery to ask for."""
    return _keep(request, kind="stk_callback", token=token, words="Accepted")


@csrf_exempt
@require_POST
def c2b_confirmation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the news of a payment that was made; no answer of ours could undo it."""
    return _keep(request, kind=paybill.CONFIRMATION, token=secret, words="Success")


@csrf_exempt
@require_POST
def office_result(request: HttpRequest, token: str) -> HttpResponse:
    """Take the result of something we asked M-Pesa to do or to say."""
    return _keep(request, kind=mpesa.RESULT, token=token, words="Accepted")


@csrf_exempt
@require_POST
def c2b_validation(request: HttpRequest, secret: str) -> HttpResponse:
    """Say whether a payment should be made; a stranger learns nothing, and an outage stops nobody."""
    verdict = paybill.ACCEPTED
    try:
        if paybill.is_secret(secret):
            verdict = paybill.validate(request.read(BODY_MAX_BYTES))
    except DatabaseError:
        log.critical("a Paybill payment could not be validated", exc_info=True)
    return JsonResponse({"ResultCode": verdict.code, "ResultDesc": verdict.words})


def _keep(request: HttpRequest, *, kind: str, token: str, words: str) -> HttpResponse:
    raw = request.read(BODY_MAX_BYTES)
    message: dict[str, Any] = {
        "kind": kind, "token": token, "raw": raw, "source_ip": client_ip(request) or None
    }  # fmt: skip
    try:
        if _is_welcome(kind, token):
            mpesa.receive(**message)
    except DatabaseError:
        log.critical("the database is away: an M-Pesa message goes to disk", exc_info=True)
        spool.keep(**message)
    return JsonResponse({"ResultCode": 0, "ResultDesc": words})


def _is_welcome(kind: str, token: str) -> bool:
    if kind == paybill.CONFIRMATION:
        is_known = paybill.is_secret(token)
    elif kind == mpesa.RESULT:
        is_known = results.is_expected(topups.digest(token))
    else:
        is_known = TopUp.objects.filter(callback_token_sha256=topups.digest(token)).exists()
    if is_known:
        return True
    return limits.allow(
        "wallet.strangers", rate_per_second=STRANGERS_PER_SECOND, burst=STRANGERS_BURST
    ).allowed
