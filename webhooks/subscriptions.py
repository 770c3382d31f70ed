"""The grammar of subscriptions: names, families and everything."""

from __future__ import annotations

from collections.abc import Sequence

from kernel import events
from webhooks.errors import EventUnsupported

FAMILIES = (
    "call.*",
    "call.supervision.*",
    "number.*",
    "recording.*",
    "storage.*",
    "wallet.*",
    "webhook.*",
)
ALIASES = {"call.recording.ready": "recording.ready"}


def check(names: Sequence[str]) -> list[str]:
    """Return the subscription in canonical names, each once; raises EventUnsupported."""
    canonical = [ALIASES.get(name, name) for name in names]
    for name in canonical:
        if name != "*" and name not in FAMILIES and name not in events.catalogue():
            raise EventUnsupported(name=name)
    return list(dict.fromkeys(canonical))


def matches(subscription: Sequence[str], kind: str) -> bool:
    """Tell whether a subscription wants events of this kind."""
    parts = kind.split(".")
    families = {".".join(parts[:at]) + ".*" for at in range(1, len(parts))}
    return "*" in subscription or kind in subscription or not families.isdisjoint(subscription)


def expand(name: str) -> list[str]:
    """Return the events that one name or family stands for; raises EventUnsupported."""
    (canonical,) = check([name])
    return [kind for kind in events.catalogue() if matches([canonical], kind)]
