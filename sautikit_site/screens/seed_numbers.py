"""The numbers of the full workspace: one with everything, one plain, one suspended, one given back."""

from __future__ import annotations

from accounts.models import Workspace
from numbers import services
from numbers.models import Inventory, Number
from numbers.services import sip
from sautikit_site.screens.scene import Scene


def rent(scene: Scene, acme: Workspace) -> None:
    """Claim four numbers; the first answers with a document, forwards and takes messages."""
    made = [_claim(scene, acme, e164) for e164 in _offered(4)]
    main, desk, late, gone = made
    changes = {
        "voice_callback_url": "https://acme.example/voice",
        "voice_fallback_url": "https://status.acme.example/voice",
        "events_url": "https://acme.example/events",
        "forward_to": "+254722000000",
        "voicemail_greeting": "Karibu Acme. Please leave a message after the tone.",
        "voicemail_email": "support@acme.example",
    }
    services.route_number(main, changes=changes, actor=scene.actor)
    for label in ("Reception", "Warehouse"):
        sip.add_sip_credential(desk, label=label, actor=scene.actor)
    Number.objects.filter(pk=late.pk).update(status="suspended", suspended_at=late.claimed_at)
    services.release_number(gone, actor=scene.actor)
    free = Inventory.objects.filter(state="available").order_by("e164")[5]
    scene.name(number=main.id, desk=desk.id, suspended=late.id, offer=free.id, e164=main.e164)


def _offered(count: int) -> list[str]:
    rows = Inventory.objects.filter(state="available").order_by("e164")[:count]
    return [row.e164 for row in rows]


def _claim(scene: Scene, acme: Workspace, e164: str) -> Number:
    claimed = services.claim_number(
        workspace_id=acme.id,
        mode="live",
        inventory=Inventory.objects.get(e164=e164),
        actor=scene.actor,
    )
    return claimed.number
