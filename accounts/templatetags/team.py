"""Filters of the team's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise

from kernel.models import AuditEntry

register = template.Library()

# The first name found is the browser: most of them also name the ones they descend from.
BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari", "curl")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
WORDS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Mac OS": "macOS"}


@register.filter
def browser_name(user_agent: str) -> str:
    """Write a user agent as people say it: "Firefox on Linux"."""
    found = [
        WORDS.get(name, name)
        for names in (BROWSERS, SYSTEMS)
        for name in [next((each for each in names if each in user_agent), "")]
        if name
    ]
    return " · ".join(found) or user_agent[:40] or "—"


@register.filter
def at(names: Mapping[str, str | Promise], key: str) -> str | Promise:
    """Look a key up; nothing when it is not there."""
    return names.get(key, "")


# What was changed is any JSON.
@register.filter
def changes(entry: AuditEntry) -> list[tuple[str, tuple[Any, Any]]]:
    """List what an audit row changed: name, (before, after)."""
    before, after = entry.before or {}, entry.after or {}
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [("", (before, after))]
    return [(name, (before.get(name), after.get(name))) for name in {**before, **after}]
