"""Voice callbacks through a listener on a laptop: telephony's port, kept by rows and the bell."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kernel import clock
from kernel.bell import Listener as Bell
from kernel.http import HttpFailed, Reply, Timeouts
from kernel.ids import uuid7
from telephony.ports import ListenerGone
from webhooks import queries, relayed, services
from webhooks.models import Relayed

# A stream that is up takes a question within this time; else the laptop counts as gone.
PICKUP_SECONDS = 1.5
POLL_SECONDS = 0.25


class VoiceListeners:
    """The listeners with a voice URL whose lease is running; the newest answers."""

    def find(self, workspace_id: UUID, mode: str) -> VoiceListener | None:
        row = queries.voice_listener(workspace_id, mode)
        if row is None:
            return None
        return VoiceListener(row.id, row.voice_url, relayed.secret_of(row.api_key_id))


@dataclass(frozen=True, slots=True)
class VoiceListener:
    """A laptop that answers voice callbacks."""

    id: UUID
    url: str
    secret: str

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeouts: Timeouts,
        max_bytes: int,
    ) -> Reply:
        """Ask through the laptop, the time on the way included in the time-out.

        Raises HttpFailed as a direct request does, and ListenerGone when nobody took it.
        """
        started = time.monotonic()
        question = {
            "method": method,
            "url": url,
            "headers": dict(headers),
            "body": (body or b"").decode(),
            "timeout_ms": int(timeouts.total_seconds * 1000),
            "max_bytes": max_bytes,
        }
        row_id, bell = _heard()
        services.ask_listener(self.id, row_id, question)
        try:
            reply = _await(row_id, bell, started, timeouts.total_seconds)
        finally:
            services.forget_relayed(row_id)
        return _read(reply, int((time.monotonic() - started) * 1000), max_bytes)


def _heard() -> tuple[UUID, Bell]:
    """Name a question and listen for its answer before anyone can give it."""
    row_id = uuid7()
    bell = Bell(f"relayed:{row_id}")
    bell.wait(0)
    return row_id, bell


# An answer is what the API's `answers` accepts.
def _await(row_id: UUID, bell: Bell, started: float, total_seconds: float) -> dict[str, Any]:
    while True:
        left = started + total_seconds - time.monotonic()
        bell.wait(max(0.0, min(POLL_SECONDS, left)))
        row = Relayed.objects.select_related("listener").get(id=row_id)
        if row.reply is not None:
            reply: dict[str, Any] = row.reply
            return reply
        waited = time.monotonic() - started
        if _is_gone(row, waited) and services.give_up_relayed(row):
            raise ListenerGone
        if waited >= total_seconds and services.give_up_relayed(row):
            raise HttpFailed("no answer in time", sent=True)


def _is_gone(row: Relayed, waited_seconds: float) -> bool:
    listener = row.listener
    is_dead = listener.closed_at is not None or listener.lease_until < clock.now()
    return is_dead or (row.status == "waiting" and waited_seconds > PICKUP_SECONDS)


# An answer is what the API's `answers` accepts.
def _read(reply: dict[str, Any], milliseconds: int, max_bytes: int) -> Reply:
    if reply["error"]:
        raise HttpFailed(reply["error"], sent=reply["sent"])
    body = b64decode(reply["body"])
    return Reply(
        status=reply["status"],
        headers={name.lower(): value for name, value in reply["headers"].items()},
        body=body[:max_bytes],
        truncated=reply["truncated"] or len(body) > max_bytes,
        milliseconds=milliseconds,
        address="",
    )
