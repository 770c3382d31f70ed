"""The `/v1` door of limits: what calls may cost, whom they may reach, and who is not called."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import ApiKeyNotFound
from accounts.models import ApiKey
from calls import queries_limits as queries
from calls import services, shapes
from calls.errors import DoNotCallNotFound
from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from kernel.idempotency import idempotent
from kernel.pagination import page
from kernel.shapes import PAGE_PARAMS
from wallet import services as wallet
from wallet.errors import InvalidAmount, WalletNotFound

NUMBERS_MAX = 1000


class WholeCents(serializers.IntegerField):
    """Whole minor units, or null; anything else, 1.5 and "100" included, is refused."""

    # The value is whatever JSON held.
    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise InvalidAmount(
                reason=f"{self.field_name} must be a whole number of cents or null."
            )
        return data


class CapsBody(serializers.Serializer[Any]):
    """The three limits; one that is left out is taken away."""

    day_minor = WholeCents(required=False, allow_null=True)
    call_minor = WholeCents(required=False, allow_null=True)
    minute_minor = WholeCents(required=False, allow_null=True)


class Limits(ApiView):
    """What calls of this workspace may cost, in all and by key, and where they may go."""

    scope: ClassVar = {"GET": "wallet.read", "PUT": "api_keys.manage"}
    raises: ClassVar = {"GET": (WalletNotFound,), "PUT": (InvalidAmount, WalletNotFound)}
    inputs: ClassVar = {"PUT": CapsBody}
    outputs: ClassVar = {"GET": {200: shapes.LIMITS}, "PUT": {200: shapes.LIMITS}}

    def get(self, request: Request) -> Response:
        """Read the limits, what today has taken of them, and the destinations that are open."""
        return Response(queries.limits_as_json(*_whose(request)))

    def put(self, request: Request) -> Response:
        """Set the limits of the whole workspace; null or left out is no limit."""
        _set(request, None)
        return Response(queries.limits_as_json(*_whose(request)))


class KeyLimits(ApiView):
    """What the calls that one API key places may cost."""

    scope = "api_keys.manage"
    raises: ClassVar = {"PUT": (InvalidAmount, WalletNotFound, ApiKeyNotFound)}
    inputs: ClassVar = {"PUT": CapsBody}
    outputs: ClassVar = {"PUT": {200: shapes.LIMITS}}

    def put(self, request: Request, key_id: UUID) -> Response:
        """Set the limits of one key; null or left out is no limit. The workspace's hold as well."""
        workspace_id, mode = _whose(request)
        if not ApiKey.objects.filter(pk=key_id, workspace_id=workspace_id, mode=mode).exists():
            raise ApiKeyNotFound()
        _set(request, key_id)
        return Response(queries.limits_as_json(workspace_id, mode))


class DoNotCallList(ApiView):
    """The numbers that no call of this workspace may reach."""

    scope: ClassVar = {"GET": "calls.read", "POST": "calls.write"}
    raises: ClassVar = {"POST": (BadRequest,)}

    class Input(serializers.Serializer[Any]):
        numbers = serializers.ListField(
            child=serializers.CharField(max_length=64), min_length=1, max_length=NUMBERS_MAX
        )
        reason = serializers.CharField(max_length=200, required=False, allow_blank=True)

    inputs: ClassVar = {"POST": Input}
    params: ClassVar = {"GET": PAGE_PARAMS}
    outputs: ClassVar = {
        "GET": {200: shapes.DO_NOT_CALL_LIST},
        "POST": {200: shapes.DO_NOT_CALL_ADDED},
    }

    def get(self, request: Request) -> Response:
        """List the numbers, the latest first."""
        rows = queries.do_not_call(*_whose(request))
        return Response(page(rows, request.query_params, queries.do_not_call_as_json))

    @idempotent()
    def post(self, request: Request) -> Response:
        """Add up to 1,000 numbers; those that are listed already stay as they are."""
        body = parse(request, self.Input)
        workspace_id, mode = _whose(request)
        added = services.list_numbers(
            workspace_id=workspace_id,
            mode=mode,
            numbers=body["numbers"],
            reason=body.get("reason", ""),
            actor=request.actor,  # type: ignore[attr-defined]
        )
        return Response({"added": added, "known": len(set(body["numbers"])) - added})


class DoNotCallNumber(ApiView):
    """One number of the do-not-call list."""

    scope = "calls.write"
    raises: ClassVar = (DoNotCallNotFound,)
    outputs: ClassVar = {"DELETE": {204: None}}

    def delete(self, request: Request, e164: str) -> Response:
        """Take a number off the list, because the person agreed to be called again."""
        workspace_id, mode = _whose(request)
        services.unlist_number(
            workspace_id=workspace_id,
            mode=mode,
            e164=e164,
            actor=request.actor,  # type: ignore[attr-defined]
        )
        return Response(status=204)


def _set(request: Request, key_id: UUID | None) -> None:
    body = parse(request, CapsBody)
    workspace_id, mode = _whose(request)
    wallet.set_limit(
        workspace_id=workspace_id,
        mode=mode,
        api_key_id=key_id,
        caps=wallet.Caps(**body),
        actor=request.actor,  # type: ignore[attr-defined]
    )


def _whose(request: Request) -> tuple[UUID, str]:
    return request.workspace.id, request.mode  # type: ignore[attr-defined]
