"""The template tags of every page: money, times, icons, states and components with a body."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import typing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.words import rate_words, words
from kernel.money import Money
from sautikit_site import time_display

register = template.Library()
register.filter("reason", words)
register.filter("rate", rate_words)

ICONS = Path(settings.BASE_DIR) / "templates" / "icons"

# state: (icon, tone, word). A tone is a colour; the icon and the word say the same without it.
STATES: dict[str, tuple[str, str, str | Promise]] = {
    "ringing": ("phone-call", "live", _("Ringing")),
    "answered": ("audio-lines", "live", _("Answered")),
    "completed": ("circle-check", "good", _("Completed")),
    "failed": ("circle-x", "bad", _("Failed")),
    "no_answer": ("phone-missed", "bad", _("No answer")),
    "busy": ("phone-off", "bad", _("Busy")),
    "canceled": ("circle-slash", "quiet", _("Canceled")),
    "active": ("circle-check", "good", _("Active")),
    "suspended": ("circle-pause", "warn", _("Suspended")),
    "paused": ("circle-pause", "warn", _("Paused")),
    "disabled": ("circle-pause", "bad", _("Disabled")),
    "released": ("circle-slash", "quiet", _("Released")),
    "pending": ("clock", "info", _("Pending")),
    "confirming": ("clock", "info", _("Confirming")),
    "confirmed": ("circle-check", "good", _("Confirmed")),
    "delivered": ("circle-check", "good", _("Delivered")),
    "succeeded": ("circle-check", "good", _("Delivered")),
    "dead_letter": ("circle-x", "bad", _("Given up")),
    "retrying": ("refresh", "warn", _("Retrying")),
    "revoked": ("circle-slash", "quiet", _("Revoked")),
    "expired": ("clock", "quiet", _("Expired")),
    "ready": ("circle-check", "good", _("Ready")),
    "lost": ("circle-x", "bad", _("Lost")),
    "deleted": ("circle-slash", "quiet", _("Deleted")),
    "available": ("circle-check", "good", pgettext_lazy("number", "Available")),
    "live": ("circle-dot", "good", pgettext_lazy("mode", "Live")),
    "test": ("flask", "info", pgettext_lazy("mode", "Test")),
    "inbound": ("phone-incoming", "plain", _("Inbound")),
    "outbound": ("phone-outgoing", "plain", _("Outbound")),
}


def format_money(minor: int, currency: str) -> str:
    """Write minor units as people read them, kept on one line: 125000 is "KES 1,250.00"."""
    written = str(Money(abs(minor), currency)).replace(" ", "\N{NO-BREAK SPACE}")
    return f"\N{MINUS SIGN}\N{NARROW NO-BREAK SPACE}{written}" if minor < 0 else written


@register.simple_tag
def money(minor: int | None, currency: str = "KES", direction: str = "") -> SafeString:
    """Show an amount; `direction` in or out adds the sign and the word."""
    if minor is None:
        return format_html('<span class="muted">{}</span>', "\N{EM DASH}")
    if not direction:
        return format_html('<span class="money">{}</span>', format_money(minor, currency))
    is_in = direction in {"in", "credit"}
    return format_html(
        '<span class="money" data-direction="{}">{}\N{NARROW NO-BREAK SPACE}{}'
        '<span class="for-screen-reader"> {}</span></span>',
        "in" if is_in else "out",
        "+" if is_in else "\N{MINUS SIGN}",
        format_money(abs(minor), currency),
        gettext("in") if is_in else gettext("out"),
    )


@register.simple_tag
def plain_money(minor: int | None, currency: str = "KES") -> str:
    """Give an amount as text, for sentences and attributes."""
    return format_money(minor or 0, currency)


@register.simple_tag
def when(value: datetime | None, style: str = "minute") -> SafeString:
    """Show a time: UTC for machines in `datetime`, for people in the text as their workspace reads
    it, which is Nairobi unless it was decided otherwise.
    """
    if value is None:
        return format_html('<span class="muted">{}</span>', "\N{EM DASH}")
    shown = time_display.current()
    again = format_html(' data-local="{}" data-hours="{}"', style, shown.hours)
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        utc(value),
        shown.write(value, "title"),
        again if shown.is_local else "",
        shown.write(value, style),
    )


@register.filter
def utc(value: datetime) -> str:
    """Write a time as RFC 3339 in UTC."""
    return timezone.localtime(value, ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.filter
def ago(value: datetime) -> str:
    """Say roughly how long ago a time was, in one unit."""
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    if seconds < 60:
        return gettext("just now")
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    if seconds < 86400:
        hours = seconds // 3600
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = seconds // 86400
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.filter
def clock(seconds: int | None) -> str:
    """Write a length of time as m:ss or h:mm:ss."""
    if seconds is None:
        return "\N{EM DASH}"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def phone(e164: str | None) -> str:
    """Space a number so that it can be read aloud: +254 712 345 678."""
    if not e164:
        return "\N{EM DASH}"
    if e164.startswith("+254") and len(e164) == 13:
        return "\N{NO-BREAK SPACE}".join((e164[:4], e164[4:7], e164[7:10], e164[10:]))
    return e164


@register.filter
def masked(e164: str) -> str:
    """Hide the middle of a phone number: 0712 ••• 678."""
    local = "0" + e164[4:] if e164.startswith("+254") else e164
    return f"{local[:4]} \N{BULLET}\N{BULLET}\N{BULLET} {local[-3:]}"


@register.filter
def pretty_json(value: object) -> str:
    """Write a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@functools.cache
def _shape(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text().strip()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw one Lucide icon; without a label it is decoration beside a word."""
    named = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', named, SafeString(_shape(name))
    )


@register.filter
def message_icon(level: str) -> str:
    """Name the icon of a Django message level."""
    return {"success": "circle-check", "warning": "triangle-alert", "error": "circle-x"}.get(
        level, "info"
    )


@register.simple_tag
def status(value: str, label: str = "") -> SafeString:
    """Show a state as an icon and a word."""
    name, tone, word = STATES.get(
        value, ("circle-dot", "plain", value.replace("_", " ").capitalize())
    )
    return format_html(
        '<span class="status" data-tone="{}" data-status="{}">{}<span>{}</span></span>',
        tone,
        value,
        icon(name),
        label or word,
    )


@register.simple_tag
def mark(lively: bool = False) -> SafeString:
    """Draw the voice meter; its bars move while a call is up."""
    state = SafeString(" data-lively") if lively else ""
    bars = SafeString(
        '<rect x="2" y="8" width="4" height="8" rx="2"/><rect x="9" y="3" width="4" height="18" rx="2"/>'
        '<rect x="16" y="6.5" width="4" height="11" rx="2"/>'
    )
    return format_html(
        '<svg class="mark" viewBox="0 0 22 24" aria-hidden="true"{}>{}</svg>', state, bars
    )


@register.simple_block_tag
def dialog(content: str, name: str, title: str, is_open: bool = False) -> SafeString:
    """Wrap a body in a native dialog; `is_open` shows it at once, as after a refused form."""
    return format_html(
        '<dialog class="dialog" id="{id}" aria-labelledby="{id}-title" data-dialog{now}>'
        '<header class="dialog__head"><h2 id="{id}-title">{title}</h2>'
        '<button type="button" class="icon-button" data-close aria-label="{close}">{cross}</button>'
        '</header><div class="dialog__body">{content}</div></dialog>',
        id=name,
        now=SafeString(" data-open-now" if is_open else ""),
        title=title,
        close=gettext("Close"),
        cross=icon("x"),
        content=SafeString(content),
    )


@register.simple_block_tag
def code(content: str, name: str = "", language: str = "") -> SafeString:
    """Show code with its name and a copy button."""
    text = content.strip("\n")
    return format_html(
        '<figure class="code"><figcaption class="code__bar"><span>{}</span>{}</figcaption>'
        '<pre tabindex="0"><code data-language="{}">{}</code></pre></figure>',
        name,
        copy_button(),
        language,
        SafeString(_highlight(text)),
    )


# Just enough colour to read by: comments, names of members, other quoted text.
TOKENS = re.compile(
    r"(?P<c>^[ \t]*#[^\n]*)|(?P<k>&quot;[^\n]*?&quot;(?=\s*:)|\"[^\"\n]*\"(?=\s*:))"
    r"|(?P<s>&quot;[^\n]*?&quot;|\"[^\"\n]*\")",
    re.MULTILINE,
)


def _highlight(escaped: str) -> str:
    """Wrap the tokens of escaped code in spans."""
    return TOKENS.sub(lambda found: f'<span class="{found.lastgroup}">{found[0]}</span>', escaped)


@register.simple_tag
def copy_button(text: str = "", label: str = "", word: str = "") -> SafeString:
    """A button that copies `text`, or the code it sits above."""
    return format_html(
        '<button type="button" class="copy script-only" data-copy="{}" data-copied="{}" aria-label="{}">'
        "{}<span data-copy-label>{}</span></button>",
        text,
        gettext("Copied"),
        label or gettext("Copy"),
        icon("copy"),
        word or gettext("Copy"),
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Give the page's query string with some parameters changed; an empty value drops one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    encoded: str = parameters.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.filter
def as_field(bound: typing.Any, hint: str = "") -> SafeString:
    """Show a form field with its label, hint and errors tied together."""
    described = [f"{bound.id_for_label}-hint"] if hint or bound.help_text else []
    described += [f"{bound.id_for_label}-error"] if bound.errors else []
    attributes = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return render_to_string(
        "components/field.html",
        {
            "field": bound,
            "hint": hint or bound.help_text,
            "widget": bound.as_widget(attrs=attributes),
        },
    )


@register.filter
def server_now(_value: object) -> str:
    """Write this moment, for pages whose visitor's clock may be wrong."""
    return precise(timezone.now())


@register.simple_tag
def ticking(call: typing.Any, kind: str = "clock") -> SafeString:
    """Show a call's duration, or its cost, that goes on counting while it is answered."""
    if call.status == "answered" and call.answered_at:
        return format_html(
            '<span class="ticking" data-since="{}" data-now="{}"{}>{}</span>',
            precise(call.answered_at),
            precise(timezone.now()),
            _rate_attributes(call) if kind == "cost" else "",
            gettext("counting"),
        )
    if kind == "cost":
        return money(call.cost_minor, call.cost_currency)
    return format_html('<span class="ticking">{}</span>', clock(call.duration_seconds))


def _rate_attributes(call: typing.Any) -> SafeString:
    return format_html(
        ' data-rate="{}" data-currency="{}"', call.rate_minor_per_minute, call.cost_currency
    )


@register.filter
def precise(value: datetime) -> str:
    """Write a time as RFC 3339 in UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file, renamed with its content so that it may be cached."""
    return f"{static(path)}?v={_fingerprint(path, _changed(path))}"


def _changed(path: str) -> int:
    return (Path(settings.BASE_DIR) / "static" / path).stat().st_mtime_ns


@functools.lru_cache(maxsize=64)
def _fingerprint(path: str, changed: int) -> str:
    content = (Path(settings.BASE_DIR) / "static" / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


_NOUNS = {"api_keys": "API keys", "webrtc": "WebRTC"}


@register.filter
def grouped(scopes: list[typing.Any]) -> list[tuple[str, list[typing.Any]]]:
    """Group what has dotted names by the word before the dot."""
    groups: dict[str, list[typing.Any]] = {}
    for scope in scopes:
        word = scope.name.split(".")[0]
        groups.setdefault(_NOUNS.get(word, word.capitalize()), []).append(scope)
    return list(groups.items())


@register.filter
def rental(description: str) -> str:
    """Name the number and the month of a rental as people read them, from "+254200000003 2026-11"."""
    found = re.fullmatch(r"(\+\d+) (\d{4})-(\d\d)", description)
    if not found:
        return description
    month = dateformat.format(date(int(found[2]), int(found[3]), 1), "F Y")
    return f"{phone(found[1])}, {month}"


@register.filter
def seconds(ms: int) -> str:
    """Write milliseconds as seconds to a tenth."""
    return f"{ms // 1000:,}.{ms % 1000 // 100} s"


@register.filter
def thousands(number: int) -> str:
    """Write a whole number with commas."""
    return f"{number:,}"
