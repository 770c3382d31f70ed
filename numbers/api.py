"""The /v1 door of numbers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import Call
from kernel import clock
from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from kernel.idempotency import idempotent
from kernel.pagination import read_limit
from numbers import errors, queries, services, shapes
from numbers.models import Inventory, Number
from numbers.prices import PriceList
from wallet.errors import InsufficientBalance

URL_MAX = 2000
SECRET_MAX = 120
AVAILABLE_DEFAULT = 100
# A workspace holds far fewer; past it the newest are shown.
NUMBERS_MAX = 1000


class AvailableView(ApiView):
    """List the numbers that can be claimed, in order; `quote` is what claiming costs today."""

    scope = "numbers.read"
    params = {"GET": shapes.AVAILABLE_PARAMS}
    outputs = {"GET": {200: shapes.AVAILABLE}}

    def get(self, request: Call) -> Response:
        query = request.query_params
        rows = queries.available(
            request.mode,
            country=query.get("country", ""),
            currency=query.get("currency", ""),
            capability=query.get("capability", query.get("capabilities", "")),
            contains=query.get("contains", ""),
        )
        limit = read_limit(query.get("limit")) if "limit" in query else AVAILABLE_DEFAULT
        after = query.get("cursor", "")
        page = list(rows.filter(e164__gt=after)[: limit + 1])
        more = page[limit - 1].e164 if len(page) > limit else None
        prices = PriceList(request.workspace.id)
        offers = [offer(row, prices) for row in page[:limit]]
        return Response({"available": offers, "next_cursor": more})


class ClaimView(ApiView):
    """Claim a number and pay the rest of the month in one step."""

    scope = "numbers.claim"
    raises = (
        errors.NumberNotFound,
        errors.NumberAlreadyClaimed,
        InsufficientBalance,
        BadRequest,
    )

    class Body(serializers.Serializer[Any]):
        inventory_id = serializers.UUIDField(required=False)
        e164 = serializers.CharField(max_length=16, required=False)
        voice_callback_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        events_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        voice_fallback_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )

    inputs = {"POST": Body}
    outputs = {"POST": {201: shapes.CLAIMED}}

    @idempotent()
    def post(self, request: Call, inventory_id: str = "") -> Response:
        return Response(self.claim(request, inventory_id), status=201)

    def claim(self, request: Call, inventory_id: str = "") -> dict[str, Any]:
        body = parse(request, self.Body)
        wanted = inventory_id or str(body.get("inventory_id", ""))
        if not wanted and not body.get("e164"):
            raise BadRequest(fields=[("inventory_id", "send inventory_id or e164")])
        mode = request.mode
        inventory = queries.access_inventory(mode, inventory_id=wanted, e164=body.get("e164", ""))
        claimed = services.claim_number(
            actor=request.actor,
            workspace_id=request.workspace.id,
            mode=mode,
            inventory=inventory,
            voice_callback_url=body.get("voice_callback_url") or "",
            events_url=body.get("events_url") or "",
            voice_fallback_url=body.get("voice_fallback_url") or "",
        )
        charge = {
            "net_minor": claimed.price.net_minor,
            "vat_minor": claimed.price.vat_minor,
            "balance_after_minor": claimed.balance_after_minor,
        }
        return {**tenant_number(claimed.number), "charge": charge}


class AvailableClaimView(ClaimView):
    """The claim form of older clients: the number stands inside `number`."""

    outputs = {"POST": {201: shapes.CLAIMED_INSIDE}}

    @idempotent()
    def post(self, request: Call, inventory_id: str = "") -> Response:
        return Response({"number": self.claim(request, inventory_id)}, status=201)


class NumbersView(ApiView):
    """List the numbers this workspace holds, newest first."""

    scope = "numbers.read"
    outputs = {"GET": {200: shapes.NUMBERS}}

    def get(self, request: Call) -> Response:
        held = queries.numbers_of(request.workspace.id, request.mode)
        rows = held.order_by("-claimed_at", "-id")[:NUMBERS_MAX]
        prices = PriceList(request.workspace.id)
        return Response({"numbers": [tenant_number(row, prices) for row in rows]})


class NumberView(ApiView):
    """Read one number, or release it and get the unused days back."""

    scope = {"GET": "numbers.read", "DELETE": "numbers.release"}
    raises = {
        "GET": (errors.NumberNotFound,),
        "DELETE": (
            errors.NumberNotFound,
            errors.NumberNotAssigned,
            errors.NumberReleaseFailed,
        ),
    }
    outputs = {"GET": {200: shapes.TENANT_NUMBER}, "DELETE": {200: shapes.RELEASED}}

    def get(self, request: Call, number_id: str) -> Response:
        """Read one number, released ones too."""
        return Response(tenant_number(_mine(request, number_id)))

    def delete(self, request: Call, number_id: str) -> Response:
        """Release a number; billing stops and the unused days of the month come back."""
        done = services.release_number(_mine(request, number_id), actor=request.actor)
        return Response(
            {
                "id": str(done.number.id),
                "e164": done.number.e164,
                "status": done.number.status,
                "released_at": clock.rfc3339(done.number.released_at),
                "refund": {
                    "net_minor": done.refund.net_minor,
                    "vat_minor": done.refund.vat_minor,
                    "balance_after_minor": done.balance_after_minor,
                },
            }
        )


class RoutingView(ApiView):
    """Set where a number's calls and events go; PATCH changes what is named, PUT clears the rest."""

    scope = "numbers.route"
    raises = (errors.NumberNotFound, errors.NumberNotAssigned, BadRequest)

    class Body(serializers.Serializer[Any]):
        voice_callback_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        # The word of older clients for the same target.
        voice_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        voice_fallback_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        events_url = serializers.CharField(
            max_length=URL_MAX, required=False, allow_blank=True, allow_null=True
        )
        voice_signing_secret = serializers.CharField(
            max_length=SECRET_MAX, required=False, allow_blank=True, allow_null=True
        )
        # The browser client that rings when no voice URL is set.
        ring_client = serializers.CharField(
            max_length=40, required=False, allow_blank=True, allow_null=True
        )

        # Who is called then: up to five numbers with commas between them, all together.
        forward_to = serializers.CharField(
            max_length=100, required=False, allow_blank=True, allow_null=True
        )
        # What callers who reach nobody hear before they leave a message; empty is no voicemail.
        voicemail_greeting = serializers.CharField(
            max_length=500, required=False, allow_blank=True, allow_null=True
        )
        # Who gets a mail for each message; empty is the owners.
        voicemail_email = serializers.CharField(
            max_length=254, required=False, allow_blank=True, allow_null=True
        )

    inputs = {"PATCH": Body, "PUT": Body}
    outputs = {"PATCH": {200: shapes.TENANT_NUMBER}, "PUT": {200: shapes.TENANT_NUMBER}}

    def patch(self, request: Call, number_id: str) -> Response:
        """Change where a number's calls and events go; what is not named stays."""
        return self._route(request, number_id, {})

    def put(self, request: Call, number_id: str) -> Response:
        """Set where a number's calls and events go; an address that is not named is cleared."""
        targets = ("ring_client", "forward_to", "voicemail_greeting", "voicemail_email")
        cleared = dict.fromkeys(("voice_callback_url", "events_url", *targets), "")
        return self._route(request, number_id, cleared)

    def _route(self, request: Call, number_id: str, changes: dict[str, str]) -> Response:
        number = _mine(request, number_id)
        body = parse(request, self.Body)
        if "voice_url" in body:
            body.setdefault("voice_callback_url", body.pop("voice_url"))
        changes = changes | {name: value or "" for name, value in body.items()}
        return Response(
            tenant_number(services.route_number(number, changes=changes, actor=request.actor))
        )


def _mine(request: Call, number_id: str) -> Number:
    return queries.access_number(request.workspace.id, request.mode, number_id)


def offer(row: Inventory, prices: PriceList) -> dict[str, Any]:
    """Write an inventory row for a client."""
    today, minute = queries.quote(row), prices.of(row.currency)
    return {
        "id": str(row.id),
        "inventory_id": str(row.id),
        "e164": row.e164,
        "country": row.country,
        "capabilities": row.capabilities,
        "monthly_price_minor": row.monthly_price_minor,
        "inbound_per_min_minor": minute.inbound_minor,
        "outbound_per_min_minor": minute.outbound_minor,
        "currency": row.currency,
        "quote": {
            "net_minor": today.net_minor,
            "vat_minor": today.vat_minor,
            "days_left": today.days_left,
            "days_in_month": today.days_in_month,
        },
    }


def tenant_number(number: Number, prices: PriceList | None = None) -> dict[str, Any]:
    """Write a claimed number for a client."""
    minute = (prices or PriceList(number.workspace_id)).of(number.currency)
    return {
        "id": str(number.id),
        "inventory_id": str(number.inventory_id),
        "e164": number.e164,
        "status": number.status,
        "mode": number.mode,
        "country": number.country,
        "country_iso2": number.country,
        "capabilities": number.capabilities,
        "monthly_price_minor": number.monthly_price_minor,
        "monthly_retail_minor": number.monthly_price_minor,
        "inbound_per_min_minor": minute.inbound_minor,
        "outbound_per_min_minor": minute.outbound_minor,
        "currency": number.currency,
        "voice_callback_url": number.voice_callback_url or None,
        "voice_fallback_url": number.voice_fallback_url or None,
        "events_url": number.events_url or None,
        "ring_client": number.ring_client or None,
        "forward_to": number.forward_to or None,
        "voicemail_greeting": number.voicemail_greeting or None,
        "voicemail_email": number.voicemail_email or None,
        "has_voice_signing_secret": bool(number.voice_signing_secret),
        "claimed_at": clock.rfc3339(number.claimed_at),
        "created_at": clock.rfc3339(number.created_at),
        "released_at": clock.rfc3339(number.released_at),
    }
