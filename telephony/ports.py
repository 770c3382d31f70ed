"""What telephony needs from whoever lets a laptop answer calls; VOICE_LISTENERS names the class."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from kernel.http import Reply, Timeouts


class ListenerGone(Exception):
    """The laptop left before it took the question, so the question may be asked elsewhere."""


class VoiceListener(Protocol):
    """A laptop that answers the voice callbacks of a workspace and mode."""

    # Where its voice documents come from, as it sees itself, and the secret that signs for it.
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
        """Ask as `kernel.http.request` does, through the laptop; raises ListenerGone too."""


class VoiceListeners(Protocol):
    """Knows who listens now."""

    def find(self, workspace_id: UUID, mode: str) -> VoiceListener | None:
        """Return the listener that answers calls of a workspace and mode, if there is one."""


@cache
def _listeners(path: str) -> VoiceListeners:
    return cast(VoiceListeners, import_string(path)())


def voice_listener(workspace_id: UUID, mode: str) -> VoiceListener | None:
    """Return the laptop that answers calls of a workspace and mode, if there is one."""
    return _listeners(settings.VOICE_LISTENERS).find(workspace_id, mode)
