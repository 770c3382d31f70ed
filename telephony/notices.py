"""What is told about rooms: one signed POST an event to every address that asked for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from kernel import clock
from kernel.http import HttpFailed, Timeouts, request
from kernel.signing import signature_header
from kernel.work import enqueue
from telephony.models import Announcement, Conference, Notice, Participant
from telephony.states import FETCH, PRESENT

log = logging.getLogger(__name__)

TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=10.0)
# Waits before the second and the third try.
AGAIN = (timedelta(seconds=5), timedelta(seconds=30))
REPLY_BYTES_MAX = 4096
KEPT = timedelta(days=2)
FORM = "application/x-www-form-urlencoded"


def tell(room: Conference, event: str, about: Participant, *, also: str = "") -> None:
    """Write one event of a room, whose lock the caller holds, for every address that wants it."""
    asked = room.participants.filter(status_events__contains=[event])
    urls = [*asked.values_list("status_url", flat=True), *([also] if also else [])]
    _write(room, about, urls, {"event": event})


def tell_digits(room: Conference, about: Participant, digits: str) -> None:
    """Write which keys somebody pressed, for the address that collects them."""
    url = about.digits_url or about.status_url
    facts = {"event": "DigitsCollected", "digits": digits, "Digits": digits}
    _write(room, about, [url] if url else [], facts)


def tell_command(room: Conference, command: str, url: str, about: Participant | None) -> None:
    """Write to one address that a command was carried out."""
    _write(room, about, [url], {"event": command})


def send(notice_id: UUID) -> datetime | None:
    """Post one notice; returns when to try again."""
    row = Notice.objects.select_related("conference__workspace").get(pk=notice_id)
    if not FETCH.apply(row, "claim", attempts=row.attempts + 1):
        return None
    body = urlencode(row.fields).encode()
    secret = row.conference.workspace.signing_secret
    headers = {
        "X-Sautikit-Signature": signature_header([secret], body, int(clock.now().timestamp())),
        "Content-Type": FORM,
    }
    try:
        reply = request(
            "POST",
            row.url,
            headers=headers,
            body=body,
            timeouts=TIMEOUTS,
            max_bytes=REPLY_BYTES_MAX,
        )
    except HttpFailed as problem:
        return _again(row, problem.reason)
    if not 200 <= reply.status < 300:
        return _again(row, f"The server answered {reply.status}.", reply.status)
    FETCH.apply(row, "finish", status_code=reply.status, finished_at=clock.now())
    return None


def forget_old() -> int:
    """Delete what was told, or said into rooms, two days ago; return how many were told."""
    limit = clock.now() - KEPT
    Announcement.objects.filter(created_at__lt=limit).delete()
    gone, _ = Notice.objects.filter(created_at__lt=limit).delete()
    return gone


def _again(row: Notice, reason: str, status_code: int | None = None) -> datetime | None:
    """Keep the reason; return the time of the next try, or None after the last."""
    if row.attempts <= len(AGAIN):
        Notice.objects.filter(pk=row.pk).update(error=reason, status_code=status_code)
        return clock.now() + AGAIN[row.attempts - 1]
    log.info("room %s: %s was not told: %s", row.conference_id, row.url, reason)
    facts = {"error": reason, "status_code": status_code, "finished_at": clock.now()}
    FETCH.apply(row, "fail", **facts)
    return None


# The facts are what this event says beyond the others.
def _write(
    room: Conference, about: Participant | None, urls: Iterable[str], facts: dict[str, Any]
) -> None:
    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return
    room.notices_count += 1
    room.save(update_fields=["notices_count"])
    fields = facts | _fields(room, about)
    for url in wanted:
        row = Notice.objects.create(conference=room, url=url, fields=fields)
        enqueue("telephony.notify", row.id)


def _fields(room: Conference, about: Participant | None) -> dict[str, str]:
    count = room.participants.filter(status__in=PRESENT).count()
    fields = {
        "conference_name": room.name,
        "conference_id": str(room.id),
        "participants": str(count),
        "sequence": str(room.notices_count),
        "timestamp": clock.rfc3339(clock.now()) or "",
    }
    if about is not None:
        call = about.call
        fields |= {
            "caller": call.remote_e164,
            "participant_id": str(about.id),
            "call_id": str(call.id),
            "sessionId": call.session_id,
            "muted": "true" if about.is_muted else "false",
        }
    return fields
