"""The first line of the control socket: who we are, where we listen and which trunks exist."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telephony.engine.asterisk.node import Node
from telephony.engine.asterisk.node import load as load_node


@dataclass(frozen=True)
class Trunk:
    """One carrier: where it is, who we are there and which other addresses it calls from."""

    name: str
    host: str
    port: int
    username: str
    password: str
    addresses: tuple[str, ...]
    # It leads to our own clients: a call that comes by it names the leg it is.
    is_inside: bool = False

    @property
    def address(self) -> tuple[str, int]:
        """Return where requests are sent."""
        return self.addresses[0], self.port


@dataclass(frozen=True)
class Config:
    """Everything an engine is told before it starts."""

    engine_id: str
    sip_host: str
    sip_port: int
    public_host: str
    rtp_min: int
    rtp_max: int
    trunks: dict[str, Trunk]
    journal: Path
    tap_dir: Path | None
    lease_seconds: float
    user_agent: str
    # The node whose SIP is used instead of our own.
    asterisk: Node | None
    # After so much silence of a process beside us its leg is over: it died.
    inside_silence_seconds: float
    # Whether customers' WebSockets may be on this machine: sandbox installations only.
    private_targets: bool


def load(line: dict[str, Any]) -> Config:
    """Read the configuration line; host names of trunks are resolved here, once."""
    trunks = [_trunk(each) for each in line["trunks"]]
    return Config(
        engine_id=line["engine_id"],
        sip_host=line["sip_host"],
        sip_port=line["sip_port"],
        public_host=line.get("public_host") or line["sip_host"],
        rtp_min=line["rtp_min"],
        rtp_max=line["rtp_max"],
        trunks={trunk.name: trunk for trunk in trunks},
        journal=Path(line["journal"]),
        tap_dir=Path(line["tap_dir"]) if line.get("tap_dir") else None,
        lease_seconds=line.get("lease_seconds", 10),
        user_agent=line.get("user_agent") or "sautikit",
        asterisk=load_node(line["asterisk"]) if line.get("asterisk") else None,
        inside_silence_seconds=line.get("inside_silence_seconds", 20),
        private_targets=bool(line.get("private_targets")),
    )


def _trunk(line: dict[str, Any]) -> Trunk:
    hosts = [line["host"], *line.get("sources", [])]
    addresses = [address for host in hosts for address in _addresses(host)]
    return Trunk(
        name=line["name"],
        host=line["host"],
        port=line.get("port") or 5060,
        username=line.get("username") or "",
        password=line.get("password") or "",
        addresses=tuple(dict.fromkeys(addresses)),
        is_inside=bool(line.get("is_inside")),
    )


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
    return [str(each[4][0]) for each in found]
