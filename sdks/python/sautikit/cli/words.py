"""How values are shown to people: money, times, lengths, and text that came from elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

NOTHING = "-"


def plain(value: Any) -> str:
    """Return a value as text that cannot move the cursor or colour the terminal."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(each) for each in value) or NOTHING
    return "".join(each if each.isprintable() else " " for each in str(value))


def money(minor: int | None, currency: str | None) -> str:
    """Write 235 of KES as KES 2.35; integers only, so that nothing is rounded."""
    if minor is None:
        return NOTHING
    whole, cents = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    return f"{currency or 'KES'} {sign}{whole:,}.{cents:02d}"


def moment(text: str | None) -> str:
    """Write a time of the API in the time of this computer."""
    if not text:
        return NOTHING
    return _read(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def clock(text: str | None) -> str:
    return _read(text).astimezone().strftime("%H:%M:%S") if text else NOTHING


def seconds(count: int | None) -> str:
    """Write 247 as 4:07."""
    return NOTHING if count is None else f"{count // 60}:{count % 60:02d}"


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
