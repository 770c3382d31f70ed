"""The wallet's part of /v1: balance, statement, threshold and top-ups."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock
from kernel.api import ApiView, parse
from kernel.errors import BadRequest, Problem, RateLimited
from kernel.idempotency import idempotent
from kernel.pagination import page
from wallet import errors, queries, shapes
from wallet.chart import STATEMENT_KINDS, Kind
from wallet.models import Entry, TopUp
from wallet.services import set_threshold
from wallet.services.cooldowns import again_after_seconds
from wallet.services.topups import start_topup


class MinorField(serializers.IntegerField):
    """Whole minor units; anything else, 1.5 and "100" included, is `wallet.invalid_amount`."""

    # The value is whatever JSON held.
    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise errors.InvalidAmount(reason=f"{self.field_name} must be a whole number of cents.")
        return data


class BalanceView(ApiView):
    """The money of the workspace: settled, held and free.

    A key is found together with its wallet, so with a key this is one statement in all.
    """

    scope = "wallet.read"
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.WalletNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.BALANCE}}

    def get(self, request: Request) -> Response:
        workspace_id, mode = _whose(request)
        found = getattr(request, "balance", None) or queries.balance(workspace_id, mode)
        return Response(balance_body(workspace_id, found))


class WalletView(ApiView):
    """The balance under its older address, with the state of the workspace."""

    scope = "wallet.read"
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.WalletNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.WALLET}}

    def get(self, request: Request) -> Response:
        workspace_id, mode = _whose(request)
        body = balance_body(workspace_id, queries.balance(workspace_id, mode))
        return Response(body | {"status": request.workspace.status})  # type: ignore[attr-defined]


class ThresholdView(ApiView):
    """The balance below which `wallet.low_balance` is sent."""

    scope = "wallet.topup"
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.InvalidAmount, errors.WalletNotFound)

    class Input(serializers.Serializer[Any]):
        threshold_minor = MinorField()

    inputs: ClassVar = {"PATCH": Input, "PUT": Input}
    outputs: ClassVar = {"PATCH": {200: shapes.BALANCE}, "PUT": {200: shapes.BALANCE}}

    def patch(self, request: Request) -> Response:
        workspace_id, mode = _whose(request)
        asked = parse(request, self.Input)["threshold_minor"]
        set_threshold(workspace_id=workspace_id, mode=mode, threshold_minor=asked)
        return Response(balance_body(workspace_id, queries.balance(workspace_id, mode)))

    put = patch


class TopUpsView(ApiView):
    """Ask a phone to pay in; the answer comes before the payment."""

    scope = "wallet.topup"
    raises: ClassVar[tuple[type[Problem], ...]] = (
        errors.InvalidAmount,
        errors.CurrencyMismatch,
        errors.WalletNotFound,
        errors.TopUpProviderFailed,
        RateLimited,
    )

    class Input(serializers.Serializer[Any]):
        provider = serializers.ChoiceField(choices=["mpesa"], default="mpesa")
        amount_minor = MinorField()
        currency = serializers.CharField(max_length=3)
        phone_e164 = serializers.CharField(max_length=24)

    inputs: ClassVar = {"POST": Input}
    outputs: ClassVar = {"POST": {202: shapes.TOPUP}}

    @idempotent()
    def post(self, request: Request) -> Response:
        asked = parse(request, self.Input)
        workspace_id, mode = _whose(request)
        topup = start_topup(
            workspace_id=workspace_id,
            mode=mode,
            amount_minor=asked["amount_minor"],
            currency=asked["currency"],
            phone_e164=asked["phone_e164"],
            account_ref=request.workspace.mpesa_account_ref,  # type: ignore[attr-defined]
        )
        return Response(topup_body(topup), status=202)


class TopUpView(ApiView):
    """How far a top-up has come."""

    scope = "wallet.read"
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.TopUpNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.TOPUP}}

    def get(self, request: Request, topup_id: UUID) -> Response:
        topup = queries.access_topup(*_whose(request), topup_id)
        return Response(topup_body(topup))


class StatementView(ApiView):
    """Every movement of the wallet, newest first, with the balance after it."""

    scope = "wallet.read"
    raises: ClassVar[tuple[type[Problem], ...]] = (BadRequest,)
    params: ClassVar = {"GET": shapes.STATEMENT_PARAMS}
    outputs: ClassVar = {"GET": {200: shapes.STATEMENT}}

    def get(self, request: Request) -> Response:
        workspace_id, mode = _whose(request)
        rows = queries.statement(
            workspace_id,
            mode,
            kinds=_kinds(request.query_params.get("kind")),
            since=read_moment("from", request.query_params.get("from")),
            until=read_moment("to", request.query_params.get("to"), is_end=True),
        )
        return Response(page(rows, request.query_params, statement_row))


def balance_body(workspace_id: UUID, balance: queries.Balance) -> dict[str, Any]:
    return {
        "workspace_id": str(workspace_id),
        "balance_minor": balance.balance_minor,
        "held_minor": balance.held_minor,
        "available_minor": balance.available_minor,
        "currency": balance.currency,
        "low_balance_threshold_minor": balance.low_balance_threshold_minor,
    }


def topup_body(topup: TopUp) -> dict[str, Any]:
    """Return what a client may know; Daraja's ids and the callback URL stay with us."""
    return {
        "topup_id": str(topup.id),
        "status": topup.public_status,
        "provider": "mpesa",
        "amount_minor": topup.amount_minor,
        "currency": topup.currency,
        "phone_e164": topup.phone_e164,
        "mpesa_account_ref": topup.account_ref,
        "mpesa_paybill": settings.DARAJA_SHORTCODE,
        "failure_reason": topup.failure_reason if topup.public_status == "failed" else None,
        "provider_reference": topup.provider_reference or None,
        "retry_after_s": again_after_seconds(topup) if topup.public_status == "failed" else None,
        "created_at": clock.rfc3339(topup.created_at),
        "confirmed_at": clock.rfc3339(topup.paid_at),
        "expires_at": clock.rfc3339(topup.expires_at),
    }


def statement_row(entry: Entry) -> dict[str, Any]:
    posting = entry.posting
    released = posting.kind == Kind.SUSPENSE_RELEASE
    return {
        "id": str(posting.id),
        "kind": Kind.TOPUP.value if released else posting.kind,
        "direction": "debit" if entry.amount_minor < 0 else "credit",
        "amount_minor": abs(entry.amount_minor),
        "net_minor": posting.net_minor,
        "vat_minor": posting.vat_minor,
        "balance_after_minor": entry.balance_after_minor,
        "currency": posting.currency,
        "call_id": _id(posting.call_id),
        "number_id": _id(posting.number_id),
        "topup_id": _id(posting.topup_id),
        "description": posting.description,
        "basis": posting.basis.facts if hasattr(posting, "basis") else None,
        "created_at": clock.rfc3339(posting.created_at),
    }


def read_moment(name: str, text: str | None, *, is_end: bool = False) -> datetime | None:
    """Read an RFC 3339 time, or a day in Nairobi (its end for `to`). Raises BadRequest."""
    if not text:
        return None
    try:
        day, moment = parse_date(text), parse_datetime(text.replace(" ", "+"))
    except ValueError:
        day = moment = None
    if day is not None:
        start = datetime.combine(day, time(), clock.NAIROBI)
        return start + timedelta(days=1) if is_end else start
    if moment is None or moment.tzinfo is None:
        problem = "must be a day (2026-11-22) or a time with its zone (2026-11-22T15:00:00Z)"
        raise BadRequest(fields=[(name, problem)])
    return moment


def _kinds(text: str | None) -> list[str] | None:
    if not text:
        return None
    kinds = [part.strip() for part in text.split(",")]
    known = [kind for kind in STATEMENT_KINDS if kind != Kind.SUSPENSE_RELEASE]
    if unknown := [kind for kind in kinds if kind not in known]:
        raise BadRequest(fields=[("kind", f"{unknown[0]!r} is not one of {', '.join(known)}")])
    return [*kinds, Kind.SUSPENSE_RELEASE.value] if Kind.TOPUP in kinds else kinds


def _whose(request: Request) -> tuple[UUID, str]:
    return request.workspace.id, request.mode  # type: ignore[attr-defined]


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None
