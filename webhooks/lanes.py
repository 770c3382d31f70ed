"""Lanes: which deliveries share a limit and a breaker, and how much of the pool a lane may use."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

# Requests under way at once: in all, in one workspace, and in one lane.
POOL = 200
SHARE = 50
IN_FLIGHT = 2
# Leases that one dispatcher may hold in a lane that answers fast, and in all: what waits for its
# turn and what waits to be stored are leased too, but not under way.
AHEAD = 6
LEASED = POOL + 50


def of_endpoint(endpoint_id: UUID) -> str:
    return f"endpoint:{endpoint_id}"


def of_url(workspace_id: UUID, url: str) -> str:
    """Return the lane of a URL without an endpoint: one for each workspace and origin."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return f"url:{workspace_id}:{sha256(origin.encode()).hexdigest()[:16]}"
