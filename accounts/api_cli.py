"""The /v1 door of `sautikit login`: the device grant of RFC 8628, with JSON bodies."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.response import Response

from accounts import api, errors, services, shapes
from accounts.person_errors import WorkspaceClosed
from accounts.requests import Call
from kernel import clock, limits
from kernel.api import ApiView, parse
from kernel.client_ip import client_ip
from kernel.errors import RateLimited

# The name that RFC 8628, section 3.4 gives it.
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
POLLS_PER_SECOND = 20
POLLS_BURST = 100


class DeviceCodesView(ApiView):
    """Begin a login: show the person `user_code` and `verification_uri`, and keep `device_code`."""

    public = True
    raises = (RateLimited, errors.ScopeInvalid)

    class Body(serializers.Serializer[Any]):
        client_name = serializers.CharField(max_length=api.NAME_MAX, default="Command line")
        mode = serializers.ChoiceField(api.MODES, default="test")
        scopes = serializers.ListField(
            child=serializers.CharField(max_length=40), max_length=100, required=False
        )

    inputs = {"POST": Body}
    outputs = {"POST": {200: shapes.DEVICE_CODE}}

    def post(self, request: Call) -> Response:
        body = parse(request, self.Body)
        started = services.start_device_login(
            client_name=body["client_name"],
            mode=body["mode"],
            scopes=body.get("scopes"),
            ip=client_ip(request._request),
        )
        page = f"{settings.PUBLIC_URL}/cli"
        return Response(
            {
                "device_code": started.device_code,
                "user_code": started.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?code={started.user_code}",
                "expires_in": int(settings.DEVICE_LOGIN_TTL.total_seconds()),
                "interval": started.row.interval_seconds,
            }
        )


class DeviceTokenView(ApiView):
    """Ask for the key of a login, every `interval` seconds until the person has decided."""

    public = True
    raises = (
        RateLimited,
        errors.DevicePending,
        errors.DeviceSlowDown,
        errors.DeviceDenied,
        errors.DeviceCodeExpired,
        errors.DeviceGrantInvalid,
        errors.Suspended,
        WorkspaceClosed,
    )

    class Body(serializers.Serializer[Any]):
        device_code = serializers.CharField(max_length=200)
        grant_type = serializers.ChoiceField([GRANT], default=GRANT)

    inputs = {"POST": Body}
    outputs = {"POST": {200: shapes.DEVICE_TOKEN}}

    def post(self, request: Call) -> Response:
        body = parse(request, self.Body)
        bucket = f"cli:poll:{client_ip(request._request)}"
        limits.require(bucket, rate_per_second=POLLS_PER_SECOND, burst=POLLS_BURST)
        issued = services.redeem_device_login(body["device_code"])
        key = issued.key
        lasts = (key.expires_at - clock.now()).total_seconds() if key.expires_at else 0
        return Response(
            {
                "access_token": issued.secret,
                "token_type": "bearer",
                "expires_in": int(lasts),
                "scope": " ".join(key.scopes or ()),
                "api_key": api.credential(key),
                "workspace": api.tenant(key.workspace),
            }
        )


class DeviceLogoutView(ApiView):
    """Revoke the key of this request, if a login made it."""

    needs_workspace = False
    raises = (errors.NotADeviceLogin,)
    outputs = {"POST": {204: None}}

    def post(self, request: Call) -> Response:
        services.sign_out_device(request.auth, actor=request.actor)
        return Response(status=204)
