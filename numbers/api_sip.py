"""The /v1 door of SIP credentials: what a desk phone registers with to be a number."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import Call
from kernel import clock
from kernel.api import ApiView, parse
from kernel.idempotency import idempotent
from kernel.pagination import page
from numbers import errors, queries, services, shapes
from numbers.models import Number, SipCredential


class SipCredentialsView(ApiView):
    """What desk phones and SIP apps register with to call and be called as a number."""

    scope = {"GET": "numbers.read", "POST": "numbers.route"}
    raises = {
        "GET": (errors.NumberNotFound,),
        "POST": (errors.NumberNotFound, errors.NumberNotAssigned, errors.SipCredentialsLimit),
    }

    class Body(serializers.Serializer[Any]):
        # DRF has an attribute of that name.
        label = serializers.CharField(  # type: ignore[assignment]
            max_length=64, required=False, allow_blank=True, default=""
        )

    inputs = {"POST": Body}
    params = {"GET": shapes.SIP_CREDENTIALS_PARAMS}
    outputs = {"GET": {200: shapes.SIP_CREDENTIALS}, "POST": {201: shapes.NEW_SIP_CREDENTIAL}}

    def get(self, request: Call, number_id: str) -> Response:
        """List the credentials of a number, newest first, and whether a phone is there."""
        rows = SipCredential.objects.filter(number=_number(request, number_id))
        return Response(page(rows, request.query_params, credential))

    @idempotent(secret_fields=("password",))
    def post(self, request: Call, number_id: str) -> Response:
        """Make a credential for one phone; its password is in the reply once."""
        body = parse(request, self.Body)
        made = services.add_sip_credential(
            _number(request, number_id), label=body["label"], actor=request.actor
        )
        return Response({**credential(made.credential), "password": made.password}, status=201)


class SipCredentialView(ApiView):
    """One credential."""

    scope = "numbers.route"
    outputs = {"DELETE": {204: None}}
    raises = (errors.NumberNotFound, errors.SipCredentialNotFound)

    def delete(self, request: Call, number_id: str, credential_id: str) -> Response:
        """Take a credential back; the phone is signed out within seconds."""
        number = _number(request, number_id)
        row = queries.access_sip_credential(number, credential_id)
        services.delete_sip_credential(row, actor=request.actor)
        return Response(status=204)


class RotateSipCredentialView(ApiView):
    """Another password for the same phone."""

    scope = "numbers.route"
    raises = (errors.NumberNotFound, errors.SipCredentialNotFound)
    outputs = {"POST": {200: shapes.NEW_SIP_CREDENTIAL}}

    @idempotent(secret_fields=("password",))
    def post(self, request: Call, number_id: str, credential_id: str) -> Response:
        """Make another password, shown once; the old one stops within seconds."""
        number = _number(request, number_id)
        row = queries.access_sip_credential(number, credential_id)
        made = services.rotate_sip_credential(row, actor=request.actor)
        return Response({**credential(made.credential), "password": made.password})


def _number(request: Call, number_id: str) -> Number:
    return queries.access_number(request.workspace.id, request.mode, number_id)


def credential(row: SipCredential) -> dict[str, Any]:
    """Write a credential for a client, without its password."""
    return {
        "id": str(row.id),
        "label": row.label,
        "username": row.username,
        "realm": row.realm,
        "sip_uri": f"sip:{row.username}@{settings.SIP_DOMAIN}",
        "server": f"{settings.SIP_DOMAIN}:{settings.PHONE_SIP_PORT}",
        "transport": "udp",
        "ws_url": settings.WEBRTC_URL,
        "registered": row.is_registered,
        "registered_until": clock.rfc3339(row.registered_until),
        "user_agent": row.user_agent or None,
        "created_at": clock.rfc3339(row.created_at),
        "rotated_at": clock.rfc3339(row.rotated_at),
    }
