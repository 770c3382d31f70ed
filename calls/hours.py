"""When people may be called for marketing: from seven in the morning to seven in the evening, Nairobi."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from kernel.clock import NAIROBI

OPENS = time(7)
CLOSES = time(19)


def opens_at(now: datetime) -> datetime | None:
    """Return when the next hours begin; None while they last. The closing second is outside."""
    local = now.astimezone(NAIROBI)
    if OPENS <= local.time() < CLOSES:
        return None
    day = local.date() + timedelta(days=1 if local.time() >= CLOSES else 0)
    return datetime.combine(day, OPENS, NAIROBI)
