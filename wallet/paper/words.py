"""The words and figures of papers, in the language that is active."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import clock
from kernel.money import Money
from wallet import monthly
from wallet.chart import Kind

MINUS = "\N{MINUS SIGN}"


def kind_word(kind: str, *, is_out: bool) -> str:
    """Name a sort of movement as a paper does."""
    words = {
        Kind.TOPUP.value: _("Top-ups"),
        Kind.CALL.value: _("Calls"),
        Kind.RENTAL.value: _("Number rental"),
        Kind.RENTAL_REFUND.value: _("Rental returned"),
        Kind.STORAGE.value: _("Storage of recordings"),
        Kind.SUPERVISION.value: _("Supervision legs"),
        Kind.REVERSAL.value: _("Payments taken back"),
        Kind.TRIAL.value: _("Trial credit"),
        Kind.ADJUSTMENT.value: _("Corrections, taken") if is_out else _("Corrections, given"),
    }
    return words.get(kind, kind)


# The body is the JSON that a document keeps.
def named(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body whose lines have their words, for a page."""
    supplies = [
        {**line, "word": kind_word(line["kind"], is_out=line["gross_minor"] > 0)}
        for line in body.get("supplies", [])
    ]
    movements = [
        {**line, "word": kind_word(line["kind"], is_out=line["amount_minor"] < 0)}
        for line in body.get("movements", [])
    ]
    return {**body, "supplies": supplies, "movements": movements}


def figure(minor: int) -> str:
    """Write an amount without its currency, for columns."""
    text = str(Money(abs(minor), "")).strip()
    return f"{MINUS}{text}" if minor < 0 else text


def sum_of(minor: int, currency: str) -> str:
    """Write an amount with its currency."""
    text = str(Money(abs(minor), currency))
    return f"{MINUS}{text}" if minor < 0 else text


def percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def day_of(text: str) -> str:
    return format_date(date.fromisoformat(text), "j M Y")


def month_name(month: str) -> str:
    return format_date(monthly.first_day(month), "F Y")


def span_of(first: str, last: str) -> str:
    """Write the days of one month: 1 – 30 Nov 2026."""
    return f"{date.fromisoformat(first).day} – {day_of(last)}"


def issue_day(moment: datetime) -> str:
    """Write on which day in Nairobi a paper was made."""
    return format_date(moment.astimezone(clock.NAIROBI), "j M Y")


def moment_of(text: str) -> str:
    """Write an RFC 3339 time as people in Nairobi read it."""
    local = datetime.fromisoformat(text).astimezone(clock.NAIROBI)
    return format_date(local, "j M Y, H:i:s") + " EAT"


# A party is the JSON that a document keeps.
def party_lines(party: dict[str, Any]) -> list[str]:
    pin = party["pin"] or pgettext("KRA PIN", "not given")
    reference = party.get("account_ref")
    return [
        party["name"],
        party["address"],
        f"{_('KRA PIN')}: {pin}",
        party["email"],
        f"{_('M-Pesa account')}: {reference}" if reference else "",
    ]
