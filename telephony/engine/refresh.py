"""Session timers (RFC 4028): the far end refreshes, and a call whose far end stops doing so is over."""

from __future__ import annotations

import re

from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest

HEADER = "session-expires"
FORM = re.compile(r"\s*(\d{1,9})\s*(?:;.*)?")
LEAST_SECONDS = 90
# A far end refreshes at half of the time; this much before its end it is taken for gone.
MARGIN_SECONDS = 10


def seconds_of(request: SipRequest) -> int | None:
    """Return for how long a request keeps the session, if it says so."""
    if not request.countHFs(HEADER) or "timer" not in _text(request, "supported"):
        return None
    match = FORM.fullmatch(_text(request, HEADER))
    return max(LEAST_SECONDS, int(match[1])) if match else None


def headers(seconds: int | None) -> list[SipHeader]:
    """Return what an answer says of the session: whoever asked for a timer refreshes it."""
    if seconds is None:
        return []
    lines = (f"Session-Expires: {seconds};refresher=uac", "Require: timer")
    return [SipHeader(line) for line in lines]


def requires_more(request: SipRequest) -> bool:
    """Say whether a request requires something that we do not do."""
    return _text(request, "require") not in ("", "timer")


def patience(seconds: int) -> int:
    """Return after how long without a refresh the far end is gone."""
    return seconds - min(MARGIN_SECONDS, seconds // 3)


def _text(request: SipRequest, name: str) -> str:
    """Return a header in lower case; empty when there is none."""
    bodies = [str(each) for each in request.getHFBodys(name)] if request.countHFs(name) else []
    return ", ".join(bodies).strip().lower()
