"""The one sender: sign an event for a target, POST it, say what came back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import orjson
from django.db import connection

from accounts.models import Workspace
from kernel import clock, events, http, signing
from webhooks.errors import SECRET_UNSET
from webhooks.models import Delivery

if TYPE_CHECKING:
    from kernel.http_async import AsyncClient

LEASE_SECONDS = 30
BODY_KEPT_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is ready to be signed and sent."""

    delivery_id: UUID
    token: UUID
    lane: str
    url: str
    event_id: str
    kind: str
    body: bytes
    secrets: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt brought."""

    request_headers: dict[str, str]
    status: int | None = None
    response_headers: dict[str, str] | None = None
    response_body: str = ""
    error: str = ""
    address: str = ""
    duration_ms: int | None = None
    is_hopeless: bool = False

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def last_error(self) -> str:
        return self.error or f"HTTP {self.status}"

    @property
    def retry_after_seconds(self) -> int | None:
        value = (self.response_headers or {}).get("retry-after", "")
        return int(value) if value.isdecimal() else None


CLAIM_FIRST = """
    UPDATE webhooks_delivery SET lease_token = %s, lease_until = now() + make_interval(secs => %s)
     WHERE id IN (SELECT id FROM webhooks_delivery
                   WHERE status = 'pending' AND (lease_until IS NULL OR lease_until < now())
                   ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
 RETURNING id
"""
CLAIM_ONE = """
    UPDATE webhooks_delivery SET lease_token = %s, lease_until = now() + make_interval(secs => %s)
     WHERE id = %s AND status = 'retrying' AND (lease_until IS NULL OR lease_until < now())
 RETURNING id
"""


def claim_first(limit: int) -> list[Parcel]:
    """Lease deliveries that wait for their first attempt."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_FIRST, [token, LEASE_SECONDS, limit])
        return _parcels([row[0] for row in cursor.fetchall()], token)


def claim_one(delivery_id: str) -> Parcel | None:
    """Lease one delivery that is due for another attempt, or None when it is not ours to try."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_ONE, [token, LEASE_SECONDS, delivery_id])
        found = [row[0] for row in cursor.fetchall()]
    return next(iter(_parcels(found, token)), None)


def _parcels(delivery_ids: list[UUID], token: UUID) -> list[Parcel]:
    rows = (
        Delivery.objects.filter(id__in=delivery_ids)
        .select_related("event", "endpoint")
        .order_by("id")
    )
    signing_secrets = dict(
        Workspace.objects.filter(id__in={row.workspace_id for row in rows}).values_list(
            "id", "signing_secret"
        )
    )
    return [
        Parcel(
            delivery_id=row.id,
            token=token,
            lane=row.target if row.endpoint_id else row.url,
            url=row.url if row.endpoint is None else row.endpoint.url,
            event_id=str(row.event.event_id),
            kind=row.event.kind,
            body=orjson.dumps(events.envelope(row.event)),
            secrets=_secrets(row, signing_secrets[row.workspace_id]),
        )
        for row in rows
    ]


def _secrets(delivery: Delivery, workspace_secret: str) -> list[str]:
    if delivery.endpoint is None:
        return [workspace_secret]
    held = [delivery.endpoint.secret]
    until = delivery.endpoint.previous_secret_until
    if until is not None and until > clock.now():
        held.append(delivery.endpoint.previous_secret)
    return [secret for secret in held if secret]


def headers(parcel: Parcel) -> dict[str, str]:
    """Sign now: our header, the three ids, and the Standard Webhooks twins."""
    moment = int(time.time())
    return {
        "Content-Type": "application/json",
        "X-Sautikit-Signature": signing.signature_header(parcel.secrets, parcel.body, moment),
        "X-Sautikit-Event-Id": parcel.event_id,
        "X-Sautikit-Event-Kind": parcel.kind,
        "X-Sautikit-Event": parcel.kind,
        "X-Sautikit-Idempotency-Key": str(parcel.delivery_id),
        "webhook-id": parcel.event_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signing.standard_webhooks_signature(
            parcel.secrets, parcel.event_id, parcel.body, moment
        ),
    }


async def send(client: AsyncClient, parcel: Parcel) -> Outcome:
    """Make one attempt; never raises for what the far end does."""
    if not parcel.secrets:
        return Outcome(request_headers={}, error=SECRET_UNSET, is_hopeless=True)
    sent = headers(parcel)
    started = time.monotonic()
    try:
        reply = await client.post(
            parcel.url, headers=sent, body=parcel.body, max_bytes=BODY_KEPT_BYTES
        )
    except http.HttpFailed as failure:
        spent = int((time.monotonic() - started) * 1000)
        return Outcome(request_headers=sent, error=failure.reason, duration_ms=spent)
    return Outcome(
        request_headers=sent,
        status=reply.status,
        response_headers=dict(reply.headers),
        response_body=reply.text().replace("\x00", ""),
        error="" if reply.status < 300 else f"HTTP {reply.status}",
        address=reply.address,
        duration_ms=reply.milliseconds,
    )
