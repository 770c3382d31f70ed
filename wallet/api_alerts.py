"""The low-balance mails' part of /v1: who gets them, and an address's yes."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock
from kernel.api import ApiView, parse
from kernel.errors import Problem, RateLimited
from kernel.idempotency import idempotent
from kernel.pagination import page
from kernel.shapes import PAGE_PARAMS
from wallet import errors, queries, shapes
from wallet.models import AlertSubscriber
from wallet.services import alerts


class SubscribersView(ApiView):
    """The addresses that are told by mail when the balance falls below the threshold."""

    scope: ClassVar = {"GET": "wallet.read", "POST": "wallet.topup"}
    raises: ClassVar = {
        "POST": (errors.SubscriberExists, errors.SubscribersFull, RateLimited),
    }

    class Input(serializers.Serializer[Any]):
        email = serializers.EmailField(max_length=254)

    inputs: ClassVar = {"POST": Input}
    params: ClassVar = {"GET": PAGE_PARAMS}
    outputs: ClassVar = {"GET": {200: shapes.SUBSCRIBERS}, "POST": {201: shapes.SUBSCRIBER}}

    def get(self, request: Request) -> Response:
        """List the recipients of low-balance mails, newest first."""
        rows = queries.subscribers(*_whose(request))
        return Response(page(rows, request.query_params, subscriber_body))

    @idempotent()
    def post(self, request: Request) -> Response:
        """Add a recipient: it is `pending` until the address agrees by the link that it is sent."""
        workspace_id, mode = _whose(request)
        row = alerts.add_subscriber(
            workspace_id=workspace_id,
            mode=mode,
            email=parse(request, self.Input)["email"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
        return Response(subscriber_body(row), status=201)


class SubscriberView(ApiView):
    """One recipient of low-balance mails."""

    scope = "wallet.topup"
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.SubscriberNotFound,)
    outputs: ClassVar = {"DELETE": {204: None}}

    def delete(self, request: Request, subscriber_id: UUID) -> Response:
        """Remove a recipient, whether it has agreed or not."""
        row = queries.access_subscriber(*_whose(request), subscriber_id)
        alerts.remove_subscriber(row, actor=request.actor)  # type: ignore[attr-defined]
        return Response(status=204)


class ConfirmSubscriberView(ApiView):
    """Agree to low-balance mails with the token of the mail that asked; needs no key."""

    public = True
    raises: ClassVar[tuple[type[Problem], ...]] = (errors.AlertLinkInvalid,)

    class Input(serializers.Serializer[Any]):
        token = serializers.CharField(max_length=400)

    inputs: ClassVar = {"POST": Input}
    outputs: ClassVar = {"POST": {200: shapes.SUBSCRIBER}}

    def post(self, request: Request) -> Response:
        row = alerts.confirm_subscriber(parse(request, self.Input)["token"])
        return Response(subscriber_body(row))


def subscriber_body(row: AlertSubscriber) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "email": row.email,
        "status": row.status,
        "created_at": clock.rfc3339(row.created_at),
        "confirmed_at": clock.rfc3339(row.confirmed_at),
    }


def _whose(request: Request) -> tuple[UUID, str]:
    return request.workspace.id, request.mode  # type: ignore[attr-defined]
