"""Browser clients: the token that lets one connect, who it is then, and the calls it places."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import ApiKey, Workspace
from calls.models import Leg
from calls.services import open_client_call
from kernel import clock
from kernel.errors import BadRequest
from kernel.ids import uuid7
from kernel.phrases import Phrase
from numbers import queries as numbers
from numbers.errors import NumberSuspended
from numbers.models import Number
from telephony import inside, tokens
from telephony.errors import NoEngine, ProfilePending, TokenInvalid
from telephony.models import Engine

PROTOCOL = "sautikit.webrtc.v1"
CONSOLE = "console"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# A relayed call may outlast the token that began it.
RELAY_SECONDS = int(timedelta(hours=12).total_seconds())


@dataclass(frozen=True, slots=True)
class Client:
    """A browser that showed a living token."""

    workspace: Workspace
    mode: str
    name: str
    number_id: UUID
    api_key_id: UUID | None
    asks_voice_url: bool

    @property
    def address(self) -> str:
        return inside.address_of(self.workspace.id, self.mode, self.name)


def choose_number(workspace_id: UUID, mode: str, *, number_id: str = "", e164: str = "") -> Number:
    """Return the number that a client calls as: the one named, else the oldest active one.

    Raises NumberNotFound, NumberSuspended, ProfilePending or BadRequest.
    """
    active = numbers.numbers_of(workspace_id, mode).filter(status="active")
    if number_id:
        number = numbers.access_number(workspace_id, mode, number_id)
    elif e164:
        found = numbers.numbers_of(workspace_id, mode).filter(e164=e164).first()
        if found is None:
            reason = Phrase("{e164} is not a number of this workspace", e164=e164)
            raise BadRequest(fields=[("phone_number", reason)])
        number = found
    else:
        first = active.order_by("claimed_at", "id").first()
        if first is None:
            raise ProfilePending
        number = first
    if number.status != "active":
        raise NumberSuspended(e164=number.e164)
    return number


# The reply is the contract's, in its own camel case.
def issue_token(
    *,
    number: Number,
    name: str = "",
    api_key_id: UUID | None = None,
    asks_voice_url: bool = True,
) -> dict[str, Any]:
    """Return what a browser needs to connect and call as a number. Raises BadRequest."""
    name = name or f"browser-{uuid7().hex[-8:]}"
    if not NAME.fullmatch(name):
        rule = Phrase("must be 1 to 40 letters, digits, dots, dashes and underscores")
        raise BadRequest(fields=[("client_name", rule)])
    claims = {
        "sub": str(number.workspace_id),
        "jti": str(uuid7()),
        "mode": number.mode,
        "client": name,
        "number": str(number.id),
        "key": str(api_key_id) if api_key_id else None,
        "asks": asks_voice_url,
    }
    seconds = settings.WEBRTC_TOKEN_SECONDS
    return {
        "token": tokens.make(claims, lifetime_seconds=seconds),
        "endpoint": settings.WEBRTC_URL,
        "protocol": PROTOCOL,
        "clientName": name,
        "sipProfile": inside.sip_address(name),
        "phoneNumber": number.e164,
        "turnServer": {"iceServers": ice_servers(name)},
        "expiresIn": seconds,
    }


def recognise(token: str) -> Client:
    """Return who shows this token. Raises TokenInvalid."""
    claims = tokens.read(token)
    if claims is None:
        raise TokenInvalid
    workspace = Workspace.objects.filter(pk=claims["sub"]).first()
    if workspace is None or workspace.is_suspended or not _is_key_alive(claims["key"]):
        raise TokenInvalid
    return Client(
        workspace=workspace,
        mode=claims["mode"],
        name=claims["client"],
        number_id=UUID(claims["number"]),
        api_key_id=UUID(claims["key"]) if claims["key"] else None,
        asks_voice_url=claims["asks"],
    )


def place_client_call(client: Client, *, to: str, from_e164: str = "") -> tuple[Leg, Engine]:
    """Open a call of a browser and name the engine that expects its leg.

    Raises what open_client_call raises, NumberNotFound and NoEngine.
    """
    if not _is_key_alive(str(client.api_key_id) if client.api_key_id else None):
        raise TokenInvalid
    workspace_id, mode = client.workspace.id, client.mode
    number_id = "" if from_e164 else str(client.number_id)
    number = choose_number(workspace_id, mode, number_id=number_id, e164=from_e164)
    engine = live_engine()
    leg = open_client_call(
        number=number,
        client=f"{inside.CLIENT}:{client.name}",
        to=to,
        asks_voice_url=client.asks_voice_url,
        api_key_id=client.api_key_id,
    )
    return leg, engine


def live_engine() -> Engine:
    """Return an engine of this machine that can take a call. Raises NoEngine."""
    alive = Engine.objects.filter(closed_at=None, lease_until__gt=clock.now(), sip_port__gt=0)
    found = alive.order_by("?").first()
    if found is None:
        raise NoEngine
    return found


# The list is what RTCPeerConnection takes.
def ice_servers(name: str) -> list[dict[str, Any]]:
    """Return the STUN and TURN servers, with a login for the relay that dies by itself.

    The login is the one of the "REST API for access to TURN services" that coturn speaks.
    """
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": settings.STUN_URLS})
    if settings.TURN_URLS:
        username = f"{int(clock.now().timestamp()) + RELAY_SECONDS}:{name}"
        mark = hmac.digest(settings.TURN_SECRET.encode(), username.encode(), "sha1")
        credential = b64encode(mark).decode()
        servers.append({"urls": settings.TURN_URLS, "username": username, "credential": credential})
    return servers


def _is_key_alive(key_id: str | None) -> bool:
    if key_id is None:
        return True
    key = ApiKey.objects.filter(pk=key_id, revoked_at=None).first()
    return key is not None and (key.expires_at is None or key.expires_at > clock.now())
