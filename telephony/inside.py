"""The trunks that lead to our own clients, browsers and desk phones, beside those of carriers."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings

from calls.services import Device
from numbers.queries import sip_credential_of

BROWSERS = "browsers"
PHONES = "phones"
CLIENT = "client"
SIP = "sip"


# A trunk is what the configuration of an engine says of it.
def trunks() -> list[dict[str, Any]]:
    """Return the inside trunks as an engine wants them; a call that comes by one names its leg."""
    ways = {
        BROWSERS: (settings.SIP_HOST, settings.WEBRTC_SIP_PORT),
        PHONES: (settings.PHONE_SIP_HOST, settings.PHONE_SIP_PORT),
    }
    return [
        {"name": name, "host": host, "port": port, "is_inside": True}
        for name, (host, port) in ways.items()
    ]


def address_of(workspace_id: UUID, mode: str, name: str) -> str:
    """Return where browsers of that client name are reached; no two workspaces share one."""
    return "c" + hashlib.sha256(f"{workspace_id}:{mode}:{name}".encode()).hexdigest()[:32]


def sip_address(name: str) -> str:
    """Return the SIP address of a client or desk phone, as documents dial it."""
    return f"sip:{name}@{settings.SIP_DOMAIN}"


def browser(workspace_id: UUID, mode: str, name: str) -> Device:
    """Return the browsers of a client name, whether one is there or not."""
    address = address_of(workspace_id, mode, name)
    return Device(client=f"{CLIENT}:{name}", place=f"{BROWSERS}:{address}")


def find(workspace_id: UUID, mode: str, address: str) -> Device | None:
    """Return who is meant by `client:NAME` or by a SIP address of ours; None for any other host."""
    scheme, _, rest = address.partition(":")
    name, _, host = rest.partition("@")
    if scheme == CLIENT:
        return browser(workspace_id, mode, rest)
    if host.partition(";")[0].partition(":")[0].lower() != settings.SIP_DOMAIN:
        return None
    if sip_credential_of(workspace_id, mode, name):
        return Device(client=f"{SIP}:{name}", place=f"{PHONES}:{name}")
    return browser(workspace_id, mode, name)
