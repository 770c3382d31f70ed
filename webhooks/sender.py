"""The one sender: sign an event for a target, POST it, say what came back."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from uuid import UUID

from kernel import clock, http, signing
from webhooks.errors import SECRET_UNSET

if TYPE_CHECKING:
    from kernel.http_async import AsyncClient

# So much of an answer's body is kept, and so much of its headers.
BODY_KEPT_BYTES = 16 * 1024
HEADERS_KEPT_CHARS = 16 * 1024


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is ready to be signed and sent."""

    delivery_id: UUID
    token: UUID
    lane: str
    endpoint_id: UUID | None
    attempts_made: int
    url: str
    event_id: str
    kind: str
    body: bytes
    secrets: list[str] = field(repr=False)
    # By time.monotonic(): afterwards another sender may have it.
    lease_ends: float = math.inf


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
    timings: dict[str, float] = field(default_factory=dict)
    is_hopeless: bool = False

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def last_error(self) -> str:
        return self.error or f"HTTP {self.status}"

    @property
    def retry_after_seconds(self) -> int | None:
        """Read `Retry-After`, seconds or a date; None when there is none that can be read."""
        value = (self.response_headers or {}).get("retry-after", "")
        if value.isdecimal():
            return int(value[:9])
        try:
            return max(0, int((parsedate_to_datetime(value) - clock.now()).total_seconds()))
        except (TypeError, ValueError):
            return None


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
    timings = http.Timings()
    try:
        reply = await client.post(
            parcel.url, headers=sent, body=parcel.body, max_bytes=BODY_KEPT_BYTES, timings=timings
        )
    except http.HttpFailed as failure:
        return Outcome(
            request_headers=sent,
            error=_storable(failure.reason),
            address=timings.address,
            duration_ms=int(timings.total_ms),
            timings=timings.steps(),
        )
    return Outcome(
        request_headers=sent,
        status=reply.status,
        response_headers=_kept_headers(reply.headers),
        response_body=_storable(reply.text()) if reply.body else "",
        error="" if reply.status < 300 else f"HTTP {reply.status}",
        address=reply.address,
        duration_ms=reply.milliseconds,
        timings=timings.steps(),
    )


def _kept_headers(received: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that fit, in their order."""
    kept: dict[str, str] = {}
    room = HEADERS_KEPT_CHARS
    for name, value in received.items():
        room -= len(name) + len(value)
        if room < 0:
            break
        kept[name] = _storable(value)
    return kept


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL's JSON cannot hold: NUL and halves of a pair."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
