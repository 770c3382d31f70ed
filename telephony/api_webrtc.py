"""The `/v1/webrtc` door: the token that lets a browser call and be called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import ApiKey
from accounts.requests import Call
from kernel import clock
from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from numbers.errors import NumberNotFound, NumberSuspended
from telephony import clients, shapes
from telephony.errors import ProfilePending


class TokenRequest(serializers.Serializer[Any]):
    """Who the browser is and which number it calls as; everything may be left out."""

    client_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    # The platform knows one role, dialer; what else older clients name means the same.
    role = serializers.CharField(max_length=40, required=False, allow_blank=True)
    tenant_number_id = serializers.UUIDField(required=False, allow_null=True)
    phone_number = serializers.CharField(max_length=16, required=False, allow_blank=True)


class WebrtcToken(ApiView):
    """Make a token for one browser session. Ask on your server: the API key never belongs in a page."""

    scope = "webrtc.token"
    raises: ClassVar = (BadRequest, NumberNotFound, NumberSuspended, ProfilePending)
    inputs: ClassVar = {"POST": TokenRequest}
    outputs: ClassVar = {"POST": {200: shapes.WEBRTC_TOKEN}}

    def post(self, request: Call) -> Response:
        return Response(self.issue(request))

    # The reply is the contract's.
    def issue(self, request: Call) -> dict[str, Any]:
        """Check the body and make the token."""
        body = parse(request, TokenRequest)
        number = clients.choose_number(
            request.workspace.id,
            request.mode,
            number_id=str(body.get("tenant_number_id") or ""),
            e164=body.get("phone_number", ""),
        )
        key = request.auth if isinstance(request.auth, ApiKey) else None
        return clients.issue_token(
            number=number,
            name=body.get("client_name", ""),
            api_key_id=key.id if key else None,
            # What a person of the console dials is dialled; a product's voice URL decides.
            asks_voice_url=key is not None,
        )


class SipToken(WebrtcToken):
    """The name that older clients know: the same token, and when it dies."""

    outputs: ClassVar = {"POST": {200: shapes.SIP_TOKEN}}

    def post(self, request: Call) -> Response:
        made = self.issue(request)
        dies_at = clock.now() + timedelta(seconds=made["expiresIn"])
        return Response({**made, "expires_at": clock.rfc3339(dies_at)})
