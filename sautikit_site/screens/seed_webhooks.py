"""Two webhooks of the full workspace, one that answers and one that fails, and what was sent to them."""

from __future__ import annotations

from accounts.models import Workspace
from kernel import relay
from sautikit_site.screens.scene import Scene
from webhooks import services
from webhooks.models import Attempt
from webhooks.sender import Outcome

_AT_ONCE = 200


def register(scene: Scene, acme: Workspace) -> None:
    """Register the endpoints before anything happens."""
    good, bad = (
        services.create_endpoint(
            workspace_id=acme.id,
            mode="live",
            url=f"https://acme.example/{path}",
            event_names=["*"],
            actor=scene.actor,
            description=description,
        )
        for path, description in (("events", "Production"), ("legacy", "The old importer"))
    )
    scene.name(endpoint=good.id, failing=bad.id)


def deliver(scene: Scene, acme: Workspace) -> None:
    """Give every event its number and record what the endpoints answered."""
    while relay.sequence_batch():
        pass
    while parcels := services.claim_first(_AT_ONCE):
        services.record_outcomes(
            [(parcel, _good() if "events" in parcel.url else _bad()) for parcel in parcels]
        )
    attempts = Attempt.objects.select_related("delivery").order_by("-created_at")
    sent = attempts.filter(delivery__endpoint_id=scene.parts["endpoint"])[0]
    lost = attempts.filter(delivery__endpoint_id=scene.parts["failing"])[0]
    scene.name(delivery=sent.delivery_id, undelivered=lost.delivery_id)


def _good() -> Outcome:
    timings = {"dns_ms": 1.2, "connect_ms": 11.4, "tls_ms": 24.8, "first_byte_ms": 31.0}
    return Outcome(
        request_headers={"Content-Type": "application/json", "Sautikit-Signature": "t=1,v1=…"},
        status=200,
        response_headers={"Content-Type": "application/json"},
        response_body='{"ok": true}',
        address="203.0.113.7",
        duration_ms=69,
        timings=timings,
    )


def _bad() -> Outcome:
    return Outcome(
        request_headers={"Content-Type": "application/json"},
        status=502,
        response_headers={"Server": "nginx"},
        response_body="<h1>Bad Gateway</h1>",
        error="answered 502",
        address="203.0.113.8",
        duration_ms=1204,
    )
