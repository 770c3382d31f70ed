"""The command palette: pages, actions, numbers and calls that fit some words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import Page
from calls.call_filter import CallFilter, searchable
from docs import library
from kernel import clock, ids
from kernel.doors import login_required
from numbers import queries as numbers
from sautikit_site.shell import NAVIGATION

FOUND_MAX: Final = 6
DIGITS_LEAST: Final = 3
# Older calls are found by their ids; the page of calls searches all.
SEARCHED: Final = timedelta(days=30)

# Words, icon, name of the address, the scope it needs.
ACTIONS: Final = (
    (gettext_lazy("Top up"), "plus", "wallet:topup", "wallet.topup"),
    (gettext_lazy("Claim a number"), "hash", "numbers:available", "numbers.claim"),
    (gettext_lazy("Place a call"), "phone-outgoing", "site:try", "calls.write"),
    (gettext_lazy("New API key"), "key", "accounts:api_keys", "api_keys.manage"),
    (gettext_lazy("Invite somebody"), "user", "accounts:members", "members.manage"),
    (gettext_lazy("Verify a signature"), "lock", "webhooks:verify", "webhooks.read"),
)
FURTHER: Final = (
    (gettext_lazy("Request log"), "history", "accounts:requests", "events.read"),
    (gettext_lazy("Event log"), "webhook", "webhooks:events", "events.read"),
    (gettext_lazy("Members"), "user", "accounts:members", "members.read"),
    (gettext_lazy("Spending limits"), "gauge", "wallet_limits:limits", "wallet.read"),
    (gettext_lazy("Documents"), "receipt", "wallet:documents", "wallet.read"),
    (gettext_lazy("Billing"), "receipt", "wallet:billing", "wallet.read"),
    (gettext_lazy("Storage"), "download", "calls:storage", "recordings.read"),
    (gettext_lazy("Sounds"), "volume", "telephony:sounds", "numbers.read"),
    (gettext_lazy("Sessions"), "monitor", "accounts:sessions", ""),
    (gettext_lazy("Audit log"), "history", "accounts:audit", "audit.read"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the palette."""

    label: str | Promise
    icon: str
    url: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one sort."""

    label: str
    items: list[Item]


@never_cache
@require_safe
@login_required
def palette(request: Page) -> HttpResponse:
    """Give the palette, or only its lines when it asks for more while somebody types."""
    q = " ".join(request.GET.get("q", "").split())[:60]
    context = {"groups": [group for group in _groups(request, q) if group.items], "q": q}
    template = "site/_palette_lines.html" if "q" in request.GET else "site/_palette.html"
    return render(request, template, context)


def _groups(request: Page, q: str) -> Iterator[Group]:
    if q:
        yield Group(_("Numbers"), _numbers(request, q))
        yield Group(_("Calls"), _calls(request, q))
    yield Group(_("Actions"), _named(request, ACTIONS, q))
    pages = (*((label, icon, name, "") for label, icon, name in NAVIGATION), *FURTHER)
    yield Group(_("Pages"), _named(request, pages, q))
    if q:
        yield Group(_("Guides"), _guides(q))


# The tables above.
def _named(
    request: Page, rows: tuple[tuple[str | Promise, str, str, str], ...], q: str
) -> list[Item]:
    return [
        Item(label, icon, url)
        for label, icon, name, scope in rows
        if (not scope or scope in request.scopes) and _fits(label, q) and (url := _url(name))
    ]


def _fits(label: str | Promise, q: str) -> bool:
    """Say whether words name a line, in the visitor's language or in English."""
    if q.casefold() in str(label).casefold():
        return True
    with override("en"):
        return q.casefold() in str(label).casefold()


def _numbers(request: Page, q: str) -> list[Item]:
    digits = searchable(q).lstrip("+")
    if not digits.isdecimal() or "numbers.read" not in request.scopes:
        return []
    held = numbers.numbers_of(request.workspace.id, request.mode).filter(e164__contains=digits)
    return [
        Item(row.e164, "hash", reverse("numbers:detail", args=[row.id]))
        for row in held.order_by("e164")[:FOUND_MAX]
    ]


def _calls(request: Page, q: str) -> list[Item]:
    words = searchable(q)
    is_id = ids.is_uuid(words) or words.upper().startswith("HD_")
    is_number = words.lstrip("+").isdecimal() and len(words) >= DIGITS_LEAST
    if not (is_id or is_number) or "calls.read" not in request.scopes:
        return []
    rows = CallFilter(q=words).rows(request.workspace.id, request.mode)
    if not is_id:
        rows = rows.filter(created_at__gte=clock.now() - SEARCHED)
    found = [
        Item(
            call.remote_e164,
            "phone-incoming" if call.direction == "inbound" else "phone-outgoing",
            reverse("calls:detail", args=[call.id]),
            call.session_id,
        )
        for call in rows.select_related(None).order_by("-created_at", "-pk")[:FOUND_MAX]
    ]
    if is_number and found:
        found.append(
            Item(_("All calls with this number"), "search", f"{reverse('calls:list')}?q={words}")
        )
    return found


def _guides(q: str) -> list[Item]:
    fits = (it for it in library.GUIDES if q.casefold() in f"{it.title} {it.about}".casefold())
    return [Item(guide.title, "book", guide.path, guide.about) for guide in fits][:FOUND_MAX]


def _url(name: str) -> str:
    """Give the address of a page, or nothing when its part is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
