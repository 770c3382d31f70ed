"""Whose request it is: the address of the client behind our own proxies."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# A longer chain is nobody's; the rest of the header is what a client wrote.
PROXIES_MAX = 8


def client_ip(request: HttpRequest) -> str:
    """Return the nearest address that is not one of TRUSTED_PROXIES, or "" when there is none.

    Each proxy appends whom it heard from, so the header is read from its end, and only as long as
    the hop before was ours: what stands further left may be anybody's invention.
    """
    told = request.headers.get("X-Forwarded-For", "").split(",")
    nearest = ""
    for hop in [request.META.get("REMOTE_ADDR", ""), *reversed(told[-PROXIES_MAX:])]:
        try:
            address = _plain(ipaddress.ip_address(hop.strip()))
        except ValueError:
            break
        nearest = str(address)
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return nearest


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that a socket for both families wraps into one of IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
