"""How a workspace wants to read times; bills, limits and hours stay those of Nairobi."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from django.http import HttpRequest, HttpResponse
from django.utils import dateformat, timezone

from kernel import clock
from kernel.clock import NAIROBI

FORMATS = {
    "full": "j M Y, H:i:s",
    "minute": "j M Y, H:i",
    "date": "j M Y",
    "time": "H:i:s",
    "short": "j M, H:i",
    "title": "j F Y, H:i:s",
}
TWELVE = {"H:i:s": "g:i:s a", "H:i": "g:i a"}


@dataclass(frozen=True, slots=True)
class TimeDisplay:
    """A zone (nairobi, utc or that of the browser, which a script fills in) and hours of the clock."""

    zone: str = "nairobi"
    hours: int = 24

    @property
    def is_local(self) -> bool:
        """Whether the browser writes the time again in its own zone."""
        return self.zone == "browser"

    @property
    def _zone(self) -> tuple[tzinfo, str]:
        return (UTC, "UTC") if self.zone == "utc" else (NAIROBI, "EAT")

    def write(self, moment: datetime, style: str) -> str:
        """Write a moment; a title names its zone, and so does every time that is not Nairobi's."""
        zone, name = self._zone
        moment = moment.astimezone(zone)
        # A year that is not this one is said.
        is_old = style == "short" and moment.year != clock.now().astimezone(zone).year
        pattern = FORMATS["minute" if is_old else style]
        if self.hours == 12:
            for long, short in TWELVE.items():
                pattern = pattern.replace(long, short)
        text = dateformat.format(moment, pattern)
        is_named = style == "title" or (self.zone == "utc" and style != "date")
        return f"{text} {name}" if is_named else text


_current: ContextVar[TimeDisplay] = ContextVar("time_display")
_USUAL = TimeDisplay()


def current() -> TimeDisplay:
    """Return how times are written for who reads this page."""
    return _current.get(_USUAL)


def middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Write the times of a page as its workspace wants them, those of the back office in Nairobi's."""

    def answer(request: HttpRequest) -> HttpResponse:
        workspace = getattr(request, "workspace", None)
        wanted = TimeDisplay(workspace.time_zone, workspace.clock_hours) if workspace else _USUAL
        token = _current.set(wanted)
        try:
            with timezone.override(NAIROBI if request.path.startswith("/admin/") else None):
                return get_response(request)
        finally:
            _current.reset(token)

    return answer
