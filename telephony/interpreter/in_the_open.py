"""Addresses of a document that travel unencrypted: no error, but worth a word."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from telephony.interpreter.addresses import addresses
from telephony.interpreter.document import Remark

MESSAGE = "The address is not encrypted: who listens on the way reads and changes what is said."


def in_the_open(raw: bytes, content_type: str = "") -> list[Remark]:
    """Return a remark for each http address of a valid document that is not a private one."""
    found = addresses(raw, content_type)
    return [Remark(each.where, MESSAGE) for each in found if _is_open(each.value)]


def _is_open(address: str) -> bool:
    """Say whether an address is unencrypted and may lie beyond the own network."""
    if not address.startswith("http://"):
        return False
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith((".test", ".local", ".internal", ".localhost"))
