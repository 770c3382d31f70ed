"""The roles and scopes of a workspace, declared once for the API, the console and the docs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission a key or a role may have."""

    name: str
    doc: str


SCOPES: dict[str, Scope] = {
    scope.name: scope
    for scope in (
        Scope("calls.read", "See calls and their events."),
        Scope("calls.write", "Place calls and end them."),
        Scope("calls.supervise", "Listen in on a running call."),
        Scope("recordings.read", "Fetch recordings."),
        Scope("numbers.read", "See inventory and claimed numbers."),
        Scope("numbers.claim", "Claim numbers and upload audio."),
        Scope("numbers.route", "Change where a number's calls and events go."),
        Scope("numbers.release", "Release numbers."),
        Scope("wallet.read", "See the balance and the statements."),
        Scope("wallet.topup", "Start top-ups."),
        Scope("webhooks.read", "See webhook endpoints and deliveries."),
        Scope("webhooks.manage", "Create, change and remove webhook endpoints."),
        Scope("events.read", "Read the workspace's events in order."),
        Scope("webrtc.token", "Make tokens for browser phones."),
        Scope("conferences.manage", "Control conferences."),
        Scope("storage.manage", "Change the storage tier."),
        Scope("members.read", "See members and invitations."),
        Scope("members.manage", "Invite, change and remove members."),
        Scope("api_keys.manage", "Create and revoke API keys."),
        Scope("audit.read", "Read the audit log."),
    )
}

ALL = frozenset(SCOPES)
VIEWER = frozenset(name for name in SCOPES if name.endswith(".read"))
MEMBER = (VIEWER - {"audit.read"}) | {
    "calls.write",
    "calls.supervise",
    "numbers.claim",
    "numbers.route",
    "numbers.release",
    "wallet.topup",
    "webhooks.manage",
    "webrtc.token",
    "conferences.manage",
}

ROLE_SCOPES: dict[str, frozenset[str]] = {
    "owner": ALL,
    "admin": ALL,
    "member": MEMBER,
    "viewer": VIEWER,
}
ROLES = tuple(ROLE_SCOPES)

# What people call a role.
WORDS: dict[str, Promise] = {
    "owner": _("Owner"),
    "admin": _("Admin"),
    "member": _("Member"),
    "viewer": _("Viewer"),
}

# What a key without a list of its own never gets, whoever made it.
WITHHELD_FROM_KEYS = frozenset({"members.manage", "api_keys.manage"})


# From the least to the most; nobody gives a role above their own.
RANKS = {"viewer": 0, "member": 1, "admin": 2, "owner": 3}


def outranks(role: str, other: str) -> bool:
    """Tell whether a role is above another; an unknown role is above none."""
    return RANKS.get(role, -1) > RANKS.get(other, -1)


def role_scopes(role: str | None) -> frozenset[str]:
    """Tell what a role may do; an unknown role may do nothing."""
    return ROLE_SCOPES.get(role or "", frozenset())


def key_scopes(*, own: list[str] | None, role: str | None) -> frozenset[str]:
    """Tell what a key may do now: its own list, never more than its maker's role."""
    allowed = role_scopes(role)
    if own is None:
        return allowed - WITHHELD_FROM_KEYS
    return allowed & frozenset(own)
