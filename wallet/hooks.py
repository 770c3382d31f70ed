"""The door of M-Pesa's callbacks: keep the bytes, say yes, work later."""

from __future__ import annotations

import ipaddress
import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel import limits
from wallet.models import TopUp
from wallet.services import mpesa, topups

log = logging.getLogger(__name__)

BODY_MAX_BYTES = 64 * 1024
# Evidence of forgers is kept, but not without end.
STRANGERS_PER_SECOND, STRANGERS_BURST = 1, 20


@csrf_exempt
@require_POST
def stk_callback(request: HttpRequest, token: str) -> HttpResponse:
    """Take the result of a push. The answer is always yes: there is no second delivery to ask for."""
    raw = request.read(BODY_MAX_BYTES)
    try:
        if _is_welcome(token):
            mpesa.receive_stk_callback(token=token, raw=raw, source_ip=_source(request))
    except DatabaseError:
        log.critical("an M-Pesa callback could not be kept", exc_info=True)
    return JsonResponse({"ResultCode": 0, "ResultDesc": "Accepted"})


def _is_welcome(token: str) -> bool:
    if TopUp.objects.filter(callback_token_sha256=topups.digest(token)).exists():
        return True
    return limits.allow(
        "wallet.strangers", rate_per_second=STRANGERS_PER_SECOND, burst=STRANGERS_BURST
    ).allowed


def _source(request: HttpRequest) -> str | None:
    """Return the caller's address: the last hop, which our own proxy wrote when there is one."""
    near = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "")
    try:
        if hops and ipaddress.ip_address(near).is_loopback:
            near = hops.rsplit(",", 1)[-1].strip()
        return str(ipaddress.ip_address(near))
    except ValueError:
        return None
