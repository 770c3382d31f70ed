"""What telephony tells on the time line of a call: every question to the customer's voice server."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Call
from calls.ports import Mark
from telephony.models import Fetch

LANE: Final = "document"
TITLES: Final = {
    "final": gettext_lazy("Your server was told how it ended"),
    "stream": gettext_lazy("Your server was told about the stream"),
    "supervision": gettext_lazy("Your server was told about the supervisor"),
    "transcription": gettext_lazy("Your server was told what was said"),
}


class Documents:
    """The requests that asked for a document or told how something went."""

    replaces = "voice.fetched"

    def marks(self, call: Call) -> list[Mark]:
        """Return a mark for each question, with what was sent, what came back and how long it took."""
        return [_mark(row) for row in Fetch.objects.filter(call=call).order_by("created_at", "pk")]


def _mark(row: Fetch) -> Mark:
    length = _milliseconds(row)
    begun = row.finished_at - timedelta(milliseconds=length) if row.finished_at else row.created_at
    return Mark(
        lane=LANE,
        kind="voice.fetched",
        at=max(row.created_at, begun),
        title=_title(row),
        detail=_outcome(row, length),
        icon="triangle-alert" if row.state == "failed" else "document",
        milliseconds=length,
        is_bad=row.state == "failed",
        sent=_sent(row),
        received=_received(row),
        facts={
            "url": row.url,
            "method": row.method,
            "purpose": row.purpose,
            "status_code": row.status_code,
            "milliseconds": row.milliseconds,
            **({"error": row.error} if row.error else {}),
        },
    )


def _title(row: Fetch) -> str:
    if row.state == "failed":
        return _("Your server did not answer as it should")
    return str(TITLES.get(row.purpose) or _("Your server answered"))


def _outcome(row: Fetch, length: int) -> str:
    if row.state == "failed":
        return row.error
    if row.finished_at is None:
        return _("asking now")
    return f"{row.method} {row.url} → {row.status_code}, {length} ms"


def _milliseconds(row: Fetch) -> int:
    """Return how long the answer took; of a failure only how long we were at it is known."""
    if row.milliseconds is not None or row.finished_at is None:
        return row.milliseconds or 0
    return (row.finished_at - row.created_at) // timedelta(milliseconds=1)


def _sent(row: Fetch) -> str:
    if not row.sent:
        return ""
    if row.method == "GET":
        return f"GET {row.url}?{urlencode(row.sent)}"
    fields = "\n".join(f"{name}={value}" for name, value in row.sent.items())
    return f"{row.method} {row.url}\nContent-Type: application/x-www-form-urlencoded\n\n{fields}"


def _received(row: Fetch) -> str:
    if row.status_code is None:
        return row.error
    head = f"HTTP {row.status_code}" + (
        f"\nContent-Type: {row.answer_type}" if row.answer_type else ""
    )
    return f"{head}\n\n{row.answer}".rstrip()
