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
from kernel import clock
from kernel.signing import make_token
from wallet import queries as wallet


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a navigation; `match` is what its view names begin with."""

    label: str | Promise
    icon: str
    url: str
    match: str
    live: bool = False


# Order matters: the first four are in the bar for the thumb, the rest behind "More".
NAVIGATION = (
    (_("Overview"), "gauge", "site:overview", "site:overview", False),
    (_("Calls"), "phone", "calls:list", "calls:", True),
    (_("Numbers"), "hash", "numbers:list", "numbers:", False),
    (_("Wallet"), "wallet", "wallet:overview", "wallet", False),
    (_("Webhooks"), "webhook", "webhooks:list", "webhooks:", False),
    (_("API keys"), "key", "accounts:api_keys", "accounts:api_key", False),
    (_("Develop"), "book", "docs:home", "docs:", False),
    (_("Settings"), "settings", "accounts:settings", "accounts:settings", False),
)
SANDBOX = (
    (_("Mailbox"), "mail", "sandbox:mail", "sandbox:mail", False),
    (_("Phones"), "smartphone", "sandbox:home", "sandbox:home", False),
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
        return _links(NAVIGATION)

    @property
    def sandbox_links(self) -> list[Link]:
        return _links(SANDBOX)

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


def _links(entries: tuple[Any, ...]) -> list[Link]:  # the tables above
    found = [(label, icon, _url(name), match, live) for label, icon, name, match, live in entries]
    return [Link(*entry) for entry in found if entry[2]]


def _url(name: str) -> str:
    """Give the address of a page, or nothing when its part is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
