"""Time: UTC in the database, Africa/Nairobi for people, monotonic for durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

# Kenya keeps UTC+3 all year; a fixed offset cannot be wrong on a machine without zone data.
NAIROBI = timezone(timedelta(hours=3), "EAT")


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def nairobi_today(at: datetime | None = None) -> date:
    """Return the calendar day in Nairobi."""
    return (at or now()).astimezone(NAIROBI).date()


def rfc3339(at: datetime | None) -> str | None:
    """Write a time for a client: UTC, milliseconds, `Z`."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime | None:
    """Read an RFC 3339 time or unix seconds; None when it is neither."""
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), NAIROBI)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else None
