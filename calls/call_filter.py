"""What of the calls a person wants to see; it is in the address, so a view can be kept or sent on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.utils import dateformat
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls import queries
from calls.models import DIRECTIONS, Call
from kernel import clock, ids

# What a person means by a state; each is one or more of the machine's.
GROUPS = {
    "live": ["ringing", "answered"],
    "completed": ["completed"],
    "failed": list(queries.FAILED_STATUSES),
}
# What can be chosen, in the words of the form above the list; an address may name the last two.
STATE_WORDS: dict[str, str | Promise] = {
    "live": _("Live now"),
    "completed": _("Completed"),
    "failed": _("Failed or missed"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "canceled": _("Canceled"),
    "ringing": _("Ringing"),
    "answered": _("Answered"),
}
DIRECTION_WORDS = {"outbound": _("Outbound"), "inbound": _("Inbound")}
SEARCH_MAX = 60
# Whole ids are looked up; anything else is searched for.
SESSION = re.compile(r"HD_[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class CallFilter:
    """A state, a direction, words and days in Nairobi, both ends included; empty is any."""

    status: str = ""
    direction: str = ""
    q: str = ""
    from_on: date | None = None
    to_on: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CallFilter:
        """Read the filters of an address; what cannot be read is left out."""
        status, direction = query.get("status", ""), query.get("direction", "")
        return cls(
            status=status if status in GROUPS or status in queries.ALL_STATUSES else "",
            direction=direction if direction in DIRECTIONS else "",
            q=query.get("q", "").strip()[:SEARCH_MAX],
            from_on=_read_day(query.get("from", "")),
            to_on=_read_day(query.get("to", "")),
        )

    @property
    def is_on(self) -> bool:
        return bool(self.query)

    @property
    def query(self) -> str:
        """The filters as they stand in an address, always in the same order."""
        parts = {
            "status": self.status,
            "direction": self.direction,
            "q": self.q,
            "from": self.from_on,
            "to": self.to_on,
        }
        return urlencode({name: str(value) for name, value in parts.items() if value})

    @property
    def words(self) -> str:
        """The filters as people read them, each with its name."""
        parts = (
            (gettext("State"), STATE_WORDS.get(self.status, self.status)),
            (gettext("Direction"), DIRECTION_WORDS.get(self.direction, self.direction)),
            (gettext("Number or id"), self.q),
            (gettext("From"), _day(self.from_on)),
            (gettext("To"), _day(self.to_on)),
        )
        return " · ".join(f"{name}: {value}" for name, value in parts if value)

    def rows(self, workspace_id: UUID, mode: str) -> QuerySet[Call]:
        """Return the calls that were asked for, unordered."""
        q = searchable(self.q)
        if ids.is_uuid(q):
            return queries.list_calls(workspace_id, mode).filter(pk=q)
        if SESSION.fullmatch(q):
            return queries.list_calls(workspace_id, mode, session_id=q)
        return queries.list_calls(
            workspace_id,
            mode,
            statuses=GROUPS.get(self.status) or ([self.status] if self.status else None),
            direction=self.direction,
            q=q,
            since=_start(self.from_on) if self.from_on else None,
            until=_start(self.to_on) + timedelta(days=1) if self.to_on else None,
        )


def searchable(text: str) -> str:
    """Read a number as people type it: spaces go, 0712 becomes +254712."""
    packed = "".join(text.split())
    if packed.startswith("0") and packed.isdecimal():
        return f"254{packed[1:]}"
    return packed


def _read_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _day(day: date | None) -> str:
    return dateformat.format(day, "j F Y") if day else ""


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.NAIROBI)
