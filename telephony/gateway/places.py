"""The places for engines on this machine: some of our own, or one for each Asterisk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where one engine after another runs; with a node, it drives that Asterisk."""

    index: int
    of: int
    # A node is a JSON object of the setting ASTERISK_NODES.
    node: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """Return how its operator calls it."""
        return str(self.node["name"]) if self.node else f"engine-{self.index}"

    @property
    def sip_port(self) -> int:
        """Return the port of its own SIP; 0 is any."""
        return settings.SIP_PORT + self.index if settings.SIP_PORT else 0

    @property
    def rtp_ports(self) -> tuple[int, int]:
        """Return the first and the last of its ports for media."""
        span = (settings.RTP_PORT_MAX - settings.RTP_PORT_MIN + 1) // self.of // 2 * 2
        low = settings.RTP_PORT_MIN + self.index * span
        return low, low + span - 1


def places() -> list[Place]:
    """Return every place of this machine."""
    nodes = settings.ASTERISK_NODES or [None] * settings.ENGINES
    return [Place(index, len(nodes), node) for index, node in enumerate(nodes)]
