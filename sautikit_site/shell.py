"""What the frame around every console page shows: navigation, money, calls in progress."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls import queries as calls
from kernel import clock, flags
from kernel.signing import make_token
from wallet import queries as wallet


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a navigation."""

    label: str | Promise
    icon: str
    url: str
    is_here: bool
    live: bool = False


# Order matters: the first four are in the bar for the thumb, the rest behind "More".
NAVIGATION = (
    (_("Overview"), "gauge", "site:overview"),
    (_("Calls"), "phone", "calls:list"),
    (_("Numbers"), "hash", "numbers:list"),
    (_("Wallet"), "wallet", "wallet:overview"),
    (_("Conferences"), "audio-lines", "telephony:rooms"),
    (_("Webhooks"), "webhook", "webhooks:list"),
    (_("Try it"), "phone-outgoing", "site:try"),
    (_("API keys"), "key", "accounts:api_keys"),
    (_("Develop"), "book", "docs:home"),
    (_("Settings"), "settings", "accounts:settings"),
)
LIVELY = "calls:list"
# A feature flag, declared in the trail of the site.
SOFTPHONE = "console.softphone"
SANDBOX = (
    (_("Mailbox"), "mail", "sandbox:mail"),
    (_("Phones"), "smartphone", "sandbox:home"),
)


class Shell:
    """The frame of one request; what costs a query is asked for once, and only if shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.workspace: Any = getattr(request, "workspace", None)  # accounts' noun, never changed
        self.mode: str = getattr(request, "mode", "live")
        self.sandbox: bool = settings.SANDBOX

    @functools.cached_property
    def balance(self) -> Any:  # wallet's Balance
        return wallet.balance(self.workspace.id, self.mode)

    @functools.cached_property
    def live_count(self) -> int:
        if self.workspace is None:
            return 0
        return calls.live_calls(self.workspace.id, self.mode).count()

    @property
    def nav(self) -> list[Link]:
        return _links(NAVIGATION, self.request.path)

    @property
    def sandbox_links(self) -> list[Link]:
        return _links(SANDBOX, self.request.path)

    @functools.cached_property
    def has_softphone(self) -> bool:
        """Whether whoever looks may call from the page."""
        if "webrtc.token" not in getattr(self.request, "scopes", ()):
            return False
        return flags.is_on(SOFTPHONE, self.workspace.id)

    @property
    def home_url(self) -> str:
        return reverse("site:overview")

    @property
    def wallet_url(self) -> str:
        return reverse("wallet:overview")

    @property
    def topup_url(self) -> str:
        return reverse("wallet:topup")

    @property
    def search_url(self) -> str:
        return reverse("calls:list")

    @property
    def sign_out_url(self) -> str:
        return _url("accounts:sign_out")

    @property
    def live_url(self) -> str:
        """Give the address of the stream that says what changed in this workspace."""
        if self.workspace is None:
            return ""
        return (
            f"{settings.LIVE_URL}/live/workspace?token={live_token(self.workspace.id, self.mode)}"
        )


def live_token(workspace_id: object, mode: str) -> str:
    """Make the credential of the console's stream; it dies after twelve hours, as the session."""
    until = int(clock.now().timestamp()) + settings.SESSION_COOKIE_AGE
    return make_token(settings.PEPPER, "workspace", str(workspace_id), mode, str(until))


def _links(entries: tuple[Any, ...], path: str) -> list[Link]:  # the tables above
    found = [(entry, _url(entry[2])) for entry in entries]
    shown = [(entry, url) for entry, url in found if url]
    # The longest address wins: the keys are a page of the settings with an entry of their own.
    current = max((_overlap(path, url) for entry, url in shown), default=0)
    return [
        Link(
            label=entry[0],
            icon=entry[1],
            url=url,
            is_here=0 < current == _overlap(path, url),
            live=entry[2] == LIVELY,
        )
        for entry, url in shown
    ]


def _overlap(path: str, address: str) -> int:
    """Return how much of a path an address is, when the path lies at or below it."""
    return len(address) if f"{path}/".startswith(f"{address.rstrip('/')}/") else 0


def _url(name: str) -> str:
    """Give the address of a page, or nothing when its part is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
