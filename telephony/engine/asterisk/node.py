"""Which Asterisk an engine drives, and how it logs in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

APP = "sautikit"


@dataclass(frozen=True, slots=True)
class Node:
    """One Asterisk; the application is the name under which we ask for its calls."""

    name: str
    url: str
    username: str
    password: str
    app: str
    sip_port: int


# A node is a JSON object of the setting ASTERISK_NODES.
def load(line: Mapping[str, Any]) -> Node:
    """Read one node; what is left out has the value that the files of the node have too."""
    return Node(
        name=line["name"],
        url=str(line["url"]).rstrip("/"),
        username=line.get("username") or APP,
        password=line["password"],
        app=line.get("app") or APP,
        sip_port=int(line.get("sip_port") or 5060),
    )
